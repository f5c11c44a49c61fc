// SPDX-License-Identifier: Apache-2.0
// Search in the list of operations: every word has to be in the line. And what is pointed at is opened.
const form = document.getElementById('search');
if (form) {
  const words = document.getElementById('words');
  const found = document.getElementById('found');
  const lines = [...document.querySelectorAll('.list li')].map((e) => [e, e.textContent.toLowerCase()]);
  const show = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const [e, text] of lines) {
      e.hidden = !wanted.every((word) => text.includes(word));
      count += e.hidden ? 0 : 1;
    }
    for (const section of document.querySelectorAll('.list')) section.hidden = !section.querySelector('li:not([hidden])');
    found.textContent = wanted.length ? `${count} of ${lines.length} operations` : '';
  };
  form.hidden = false;
  form.addEventListener('submit', (e) => e.preventDefault());
  words.addEventListener('input', show);
  show();
}
const open = () => {
  const e = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (e && e.matches('details')) { e.open = true; e.scrollIntoView(); }
};
addEventListener('hashchange', open);
open();
