const atEndWithin = 48;

/**
 * Keeps a scrolling list in place while it changes: at its end if it stood there, else with the first visible row where
 * it was, whatever comes or goes above it. (Not every browser anchors scrolling itself.)
 */
export class ScrollAnchor {
  private atEnd = true;
  private row: { element: Element; top: number } | null = null;

  constructor(
    private readonly scroller: HTMLElement,
    private readonly rows: string,
  ) {}

  get isAtEnd(): boolean {
    return this.atEnd;
  }

  get distanceToEnd(): number {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight;
  }

  /** After the reader has scrolled. */
  note(): void {
    this.atEnd = this.distanceToEnd < atEndWithin;
    this.row = null;
    const { top } = this.scroller.getBoundingClientRect();
    for (const element of this.scroller.querySelectorAll(this.rows)) {
      const box = element.getBoundingClientRect();
      if (box.bottom > top) {
        this.row = { element, top: box.top - top };
        return;
      }
    }
  }

  /** After the list has changed, before it is painted. */
  restore(): void {
    if (this.atEnd) return this.toEnd();
    if (!this.row?.element.isConnected) return this.note();
    const { top } = this.scroller.getBoundingClientRect();
    const moved = this.row.element.getBoundingClientRect().top - top - this.row.top;
    if (Math.abs(moved) >= 1) this.scroller.scrollTop += moved;
  }

  toEnd(): void {
    this.atEnd = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  /** Brings an element to a place in the visible part: 0 is its top, 1 its end. */
  show(element: Element, place: number): void {
    const { top, height } = this.scroller.getBoundingClientRect();
    const box = element.getBoundingClientRect();
    this.scroller.scrollTop += box.top - top - Math.max(0, (height - box.height) * place);
    this.note();
  }
}
