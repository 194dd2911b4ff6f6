export const longestMessage = 4_000;
const warnFrom = 200;

/** How many characters are left, once that is worth saying; negative when there are too many. */
export function charactersLeft(text: string): number | null {
  if (text.length < longestMessage - warnFrom) return null;
  const left = longestMessage - [...text].length;
  return left <= warnFrom ? left : null;
}
