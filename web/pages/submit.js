/* SPDX-License-Identifier: Apache-2.0 */
/* Sends the form of a form_post page at once. Without scripts its button does the same. */
document.getElementById('f').submit();
