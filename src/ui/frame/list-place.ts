/** Where somebody was in the list, for the way back to it. */
import { ALL_JOBS, hrefOf } from './router.ts';

let place = { href: hrefOf(ALL_JOBS), scroll: 0 };

export function rememberList(href: string): void {
  if (href !== place.href) place = { href, scroll: 0 };
}

export function rememberScroll(): void {
  place = { ...place, scroll: scrollY };
}

/** The list as it was looked at last: filters, search, page. */
export function lastList(): string {
  return place.href;
}

export function scrollAsBefore(): void {
  scrollTo({ top: place.scroll });
}
