/** "n-plus-one-query" is "N+1 query". */
export function findingTitle(kind: string): string {
  const words = kind.replace("n-plus-one", "N+1").replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
