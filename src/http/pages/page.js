// Search, copying and trying, for the reference page. Everything is readable without it.

const find = document.querySelector('#find');
const findable = [...document.querySelectorAll('[data-find]')];

function search() {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const item of findable) {
    const text = item.dataset.find.toLowerCase();
    item.hidden = !words.every((word) => text.includes(word));
  }
  let shown = 0;
  for (const section of document.querySelectorAll('main section')) {
    const items = [...section.querySelectorAll('[data-find]')];
    const hits = items.filter((item) => !item.hidden).length;
    section.hidden = words.length > 0 && hits === 0;
    shown += section.hidden ? 0 : 1;
    const link = document.querySelector(`aside a.group[href="#${section.id}"]`);
    if (link) link.hidden = section.hidden;
  }
  document.querySelector('#nothing').hidden = shown > 0;
}

function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const entry = target?.closest('details');
  if (!entry) return;
  entry.open = true;
  target.scrollIntoView();
}

async function send(form) {
  const output = form.querySelector('output');
  const token = document.querySelector('#token').value.trim();
  output.textContent = '…';
  try {
    const response = await fetch(`/v1/commands/${form.dataset.operation}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
      body: form.elements.input.value,
    });
    const answer = await response.json();
    output.textContent = `${response.status}\n${JSON.stringify(answer, null, 2)}`;
    const fresh = answer.data?.tokens?.accessToken;
    if (fresh) document.querySelector('#token').value = fresh;
  } catch (error) {
    output.textContent = String(error);
  }
}

async function copy(button) {
  await navigator.clipboard.writeText(button.closest('figure').querySelector('code').textContent);
  button.textContent = 'Copied';
  setTimeout(() => (button.textContent = 'Copy'), 1_500);
}

find?.addEventListener('input', search);
addEventListener('hashchange', openTarget);
addEventListener('keydown', (event) => {
  if (event.key !== '/' || /INPUT|TEXTAREA/.test(document.activeElement.tagName) || !find) return;
  event.preventDefault();
  find.focus();
});
document.addEventListener('submit', (event) => {
  if (!event.target.matches('.try')) return;
  event.preventDefault();
  void send(event.target);
});
document.addEventListener('click', (event) => {
  if (event.target.matches('[data-copy]')) void copy(event.target);
});
openTarget();
