'use strict';
// Two comforts, and nothing depends on them: copying a text, and the journal that goes on by itself.
for (const button of document.querySelectorAll('button[data-copy]')) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = 'Copied';
    } catch {
      button.textContent = 'Select it by hand';
    }
    setTimeout(() => { button.textContent = label; }, 1500);
  });
}
const live = document.getElementById('live');
if (live) {
  const body = document.getElementById('entries');
  const follow = document.getElementById('follow');
  follow.closest('label').hidden = false;
  let since = Number(live.dataset.total);
  setInterval(async () => {
    if (!follow.checked || document.hidden) return;
    const query = new URLSearchParams(location.search);
    query.set('since', String(since));
    let answer;
    try {
      answer = await fetch(`${live.dataset.rows}?${query}`);
    } catch {
      live.textContent = 'The emulator does not answer.';
      return;
    }
    if (!answer.ok) return;
    const found = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const rows = found.querySelectorAll('tbody > tr');
    since = Number(found.querySelector('tbody').dataset.total);
    if (!rows.length) return;
    body.prepend(...rows);
    live.textContent = `${rows.length} new`;
    for (const old of [...body.rows].slice(500)) old.remove();
  }, 1000);
}
