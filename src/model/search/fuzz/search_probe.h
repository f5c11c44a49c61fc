/* SPDX-License-Identifier: Apache-2.0 */
/* What both fuzz targets of this room ask of a tree, on two fixed people. */
#pragma once
#include "model/search/search.h"

/* Whoever matches has one of the things the plan needs, and a plan that is exact is met by nobody else. */
void search_probe(struct arena *arena, const struct search_node *tree);
/* The same of a tree for entities. */
void search_probe_entities(struct arena *arena, const struct search_node *tree);
