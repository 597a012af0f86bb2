/** Shows the meaning of a term beside it while the pointer or the focus is on it. */

const GAP = 6;

/** Terms are links into the glossary, which has the meaning for everyone. */
export function showTips(): void {
  const tip = document.getElementById('tip');
  if (tip === null) return;
  const hide = () => {
    tip.hidden = true;
  };
  for (const term of document.querySelectorAll<HTMLAnchorElement>('a.term')) {
    const meaning = document.querySelector(`${term.hash} dd`);
    if (meaning === null) continue;
    meaning.id = `${term.hash.slice(1)}-meaning`;
    term.setAttribute('aria-describedby', meaning.id);
    const show = () => {
      tip.textContent = meaning.textContent;
      tip.hidden = false;
      place(tip, term);
    };
    term.addEventListener('mouseenter', show);
    term.addEventListener('focus', show);
    term.addEventListener('mouseleave', hide);
    term.addEventListener('blur', hide);
  }
  addEventListener('scroll', hide, { passive: true, capture: true });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || tip.hidden) return;
    hide();
    event.preventDefault();
  });
}

/** Below the term, or above it where the window ends. */
function place(tip: HTMLElement, term: HTMLElement): void {
  const box = term.getBoundingClientRect();
  const left = Math.max(GAP, Math.min(box.left, innerWidth - tip.offsetWidth - GAP));
  const below = box.bottom + GAP;
  const top = below + tip.offsetHeight > innerHeight ? box.top - GAP - tip.offsetHeight : below;
  tip.style.left = `${left}px`;
  tip.style.top = `${Math.max(GAP, top)}px`;
}
