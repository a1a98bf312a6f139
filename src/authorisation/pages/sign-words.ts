/** What state a sign is in, said the same way on every page. */
import { type Sign, type SignSheet, signLacks } from '#register/register.ts'
import { checkDueMs } from '../signs-in-line.ts'

export type SignState = {
  readonly tone: 'lawful' | 'waiting' | 'attention'
  readonly words: string
  /** What to do about it; '' when nothing. */
  readonly todo: string
}

/** A sheet and what hangs of it; null: nothing yet. */
type Hung = {
  readonly sheet: SignSheet
  readonly hanging: Pick<Sign, 'version' | 'proof' | 'seenMs' | 'missingMs' | 'trouble'> | null
  readonly timeZone: string
}

export function signStateOf({ sheet, hanging, timeZone }: Hung, nowMs: number): SignState {
  const lacks = signLacks(sheet.says)
  if (lacks.length > 0)
    return {
      tone: 'attention',
      words: 'Can’t be printed yet',
      todo: `The register lacks ${lacks.join(' and ')}.`,
    }
  if (hanging === null)
    return { tone: 'waiting', words: 'Not up yet', todo: 'Print it, hang it and photograph it.' }
  if (hanging.missingMs !== null)
    return {
      tone: 'attention',
      words: hanging.trouble === 'damaged' ? 'Reported damaged' : 'Reported missing',
      todo: 'Hang it again and photograph it.',
    }
  if (hanging.proof === 'waiting')
    return {
      tone: 'waiting',
      words: 'Waits for a second person',
      todo: 'Its code can’t be read in the photo. Somebody else must confirm that it hangs.',
    }
  if (hanging.version < sheet.version)
    return {
      tone: 'attention',
      words: 'Shows older words',
      todo: `What it must say has changed. Print version ${sheet.version} and hang it.`,
    }
  if (hanging.seenMs !== null && nowMs >= checkDueMs(hanging.seenMs, timeZone))
    return { tone: 'attention', words: 'Monthly look overdue', todo: 'Photograph it again.' }
  return { tone: 'lawful', words: 'Up', todo: '' }
}
