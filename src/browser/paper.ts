/** Opens what is closed while the page is printed. The numbers of charts stay closed: the page has its tables. */

const FOLDS = 'details:not(.data):not([open])';

export function openOnPaper(): void {
  let opened: HTMLDetailsElement[] = [];
  const open = () => {
    opened = [...opened, ...document.querySelectorAll<HTMLDetailsElement>(FOLDS)];
    for (const details of opened) details.open = true;
  };
  const close = () => {
    for (const details of opened) details.open = false;
    opened = [];
  };
  addEventListener('beforeprint', open);
  addEventListener('afterprint', close);
  matchMedia('print').addEventListener('change', ({ matches }) => (matches ? open() : close()));
}
