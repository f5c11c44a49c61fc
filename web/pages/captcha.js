/* SPDX-License-Identifier: Apache-2.0 */
/* Has the provider judge whoever sends the form, and sends its token along. Buttons with a name (another language, another
   account) need none; without the provider's script the server says what is missing. */
const form = document.getElementById('f');
const { api, key, action } = document.currentScript.dataset;
const judge = async () => {
  if (api === 'hcaptcha') return (await window.hcaptcha.execute({ async: true })).response;
  await new Promise((done) => { window.grecaptcha.ready(done); });
  return window.grecaptcha.execute(key, { action });
};
form.addEventListener('submit', (event) => {
  if (event.submitter?.name || !window[api]) return;
  event.preventDefault();
  judge().catch(() => '').then((token) => {
    form.elements.captcha_token.value = token;
    HTMLFormElement.prototype.submit.call(form);
  });
});
