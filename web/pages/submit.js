/* SPDX-License-Identifier: Apache-2.0 */
/* Sends the form of a form_post page at once; without scripts its button does the same. The method is taken
   from the prototype, because an input named "submit" would hide it. */
HTMLFormElement.prototype.submit.call(document.getElementById('f'));
