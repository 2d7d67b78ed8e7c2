/** A part of a page, with its heading. */
import type { ComponentChildren } from 'preact';

interface SectionProps {
  title: string;
  children: ComponentChildren;
}

export function Section({ title, children }: SectionProps) {
  return (
    <section class="panel">
      <h2>{title}</h2>
      {children}
    </section>
  );
}
