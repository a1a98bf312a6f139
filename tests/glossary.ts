/** What is wrong with the glossary: a word that the design fixes is missing, out of order, or leaned on without a line. */

/** The design's words; the glossary has more. */
const fixed = [
  'Provider',
  'System',
  'Camera',
  'Deployment',
  'Mandate',
  'Recorder',
  'Hub',
  'Keyring',
  'Fragment',
  'Reel',
  'Viewing',
  'Review',
  'Hold',
  'Case',
  'Exhibit',
  'Pack',
  'Disclosure',
  'Policy pack',
  'Clause',
  'Control',
  'Strength',
  'Ledger',
  'Gate',
  'Silent',
  'House rule',
  'Rule',
  'Ability',
  'Action',
  'Fact',
  'Value',
  'Ending',
  'Grace',
  'Adoption',
  'Version',
  'Day of effect',
]

/** In italics for another reason than a line of their own. */
const phrases = [
  'italics',
  'basis of a disclosure',
  'evidence pack',
  'permit',
  'forbid',
  'enforced',
  'evidenced',
  'displayed',
]

/** @param text docs/glossary.md. @returns a sentence for each mistake, saying what to do */
export function glossaryMistakes(text: string): string[] {
  const words = [...text.matchAll(/^\*\*([^*]+)\.\*\*/gm)].map((match) => match[1]!)
  const missing = fixed
    .filter((word) => !words.includes(word))
    .map((word) => `docs/glossary.md has no line for "${word}". Write one: the design fixes the word.`)
  const sorted = words.toSorted((a, b) => a.localeCompare(b, 'en'))
  const misplaced = words
    .filter((word, at) => word !== sorted[at])
    .slice(0, 1)
    .map((word) => `docs/glossary.md: "${word}" stands out of order. Sort the lines by their words.`)
  const lines = new Set(words.flatMap((word) => word.toLowerCase().split(', ')))
  const italics = [...text.replace(/\*\*[^*]+\*\*|`[^`]+`/g, '').matchAll(/\*([^*]+)\*/g)]
  const lost = italics
    .map((match) => match[1]!.toLowerCase().replace(/\s+/g, ' ').replace(/\.$/, '').trim())
    .filter(
      (word) =>
        !phrases.includes(word) &&
        ![word, word.replace(/s$/, ''), word.replace(/ies$/, 'y')].some((one) => lines.has(one)),
    )
    .map(
      (word) =>
        `docs/glossary.md: "${word}" is in italics and has no line. Write one, or take the italics off.`,
    )
  return [...missing, ...misplaced, ...lost]
}
