/** `overt policy check FOLDER…`: reads packs and runs their own cases, and says what is wrong, file by line. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { checkPack, runCases } from '#policy/policy.ts'
import { packFolders } from './packs.ts'

type Out = (line: string) => void

/** @returns the exit code: 0 when every pack is sound and every case comes out as written, 1 otherwise, 2 for wrong use */
export function policyCheckCommand(args: readonly string[], out: Out = console.log): number {
  if (args.length === 0) {
    out('Use: overt policy check FOLDER [FOLDER …]   a pack (policies/<slug>/<day>) or a folder of packs')
    return 2
  }
  let wrong = 0
  for (const folder of args) {
    if (!existsSync(folder) || !statSync(folder).isDirectory()) {
      out(`${folder}: there is no such folder`)
      return 2
    }
    const packs = existsSync(join(folder, 'policy.yaml')) ? [folder] : packFolders(folder)
    if (packs.length === 0) {
      out(`${folder}: no pack is in it (a pack is policies/<slug>/<day of effect>/policy.yaml)`)
      wrong += 1
    }
    for (const at of packs) wrong += checkOne(at, out)
  }
  return wrong === 0 ? 0 : 1
}

function checkOne(folder: string, out: Out): number {
  const { pack, mistakes } = checkPack(folder)
  if (pack === null) {
    for (const m of mistakes) out(`${join(folder, m.file)}:${m.line}: ${m.message}`)
    return mistakes.length
  }
  const cases = runCases(pack)
  for (const failed of cases.failed) out(`${join(folder, failed.file)}: ${failed.message}`)
  if (cases.failed.length === 0) {
    out(
      `${folder}: ${pack.name}, version ${pack.version}, ${pack.clauses.size} clauses, ${cases.ran} cases: sound`,
    )
  }
  return cases.failed.length
}
