/** The packs that lie on disk: `policies/<slug>/<day of effect>/`. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '#base/base.ts'
import { checkPack, type Pack } from '#policy/policy.ts'

const day = /^\d{4}-\d{2}-\d{2}$/

/** Every pack folder below, in order of slug and day. */
export function packFolders(folder: string): string[] {
  if (!existsSync(folder)) return []
  const folders = (at: string) =>
    readdirSync(at, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort()
  return folders(folder).flatMap((slug) =>
    folders(join(folder, slug))
      .filter((version) => day.test(version))
      .map((version) => join(folder, slug, version)),
  )
}

/**
 * Reads them all. A mistake in any one stops the start: half a policy is worse than none.
 * @throws Failure('invalid') whose message has a line `file:line: words` for each mistake
 */
export function readPacks(folder: string): Pack[] {
  const mistakes: string[] = []
  const packs: Pack[] = []
  for (const at of packFolders(folder)) {
    const checked = checkPack(at)
    if (checked.pack !== null) packs.push(checked.pack)
    else mistakes.push(...checked.mistakes.map((m) => `${join(at, m.file)}:${m.line}: ${m.message}`))
  }
  if (mistakes.length > 0) {
    throw new Failure(
      'invalid',
      `There ${mistakes.length === 1 ? 'is a mistake' : `are ${mistakes.length} mistakes`} in the policy packs, so Overt does not start.\n${mistakes.join('\n')}`,
    )
  }
  return packs
}
