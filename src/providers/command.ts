/** `overt policy check` reads packs, runs their own cases and says what is wrong, file by line; `policy report` counts. */
import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  carriedBy,
  checkPack,
  type Pack,
  policyReport,
  readCases,
  runCases,
  untriedRules,
} from '#policy/policy.ts'
import { baseline } from './new-pack.ts'
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
  const cases = pack === null ? null : runCases(pack)
  const wrong =
    pack === null || cases === null
      ? [...mistakes, ...readCases(folder).unreadable]
      : [...untriedRules(pack, cases), ...cases.failed]
  for (const m of wrong) out(`${join(folder, m.file)}:${m.line}: ${m.message}`)
  if (wrong.length === 0 && pack !== null)
    out(
      `${folder}: ${pack.name}, version ${pack.version}, ${pack.clauses.size} clauses, ${cases?.ran} cases: sound`,
    )
  return wrong.length
}

/**
 * `overt policy report [--json]`: what carries out each clause of each landlord's newest version on disk.
 * @returns the exit code: 0; 1 where a pack can't be read; 2 for wrong use
 */
export function policyReportCommand(args: readonly string[], folder: string, out: Out = console.log): number {
  const json = args.length === 1 && args[0] === '--json'
  if (args.length > 0 && !json) {
    out('Use: overt policy report [--json]')
    return 2
  }
  const packs: Pack[] = []
  let mistakes = 0
  for (const at of newestOfEach(packFolders(folder))) {
    const checked = checkPack(at)
    // The baseline is nobody's published policy: what it is made of is counted at the landlords.
    if (checked.pack !== null && checked.pack.provider !== baseline) packs.push(checked.pack)
    for (const m of checked.mistakes) out(`${join(at, m.file)}:${m.line}: ${m.message}`)
    mistakes += checked.mistakes.length
  }
  if (mistakes > 0) return 1
  if (json) out(JSON.stringify(policyReport(packs)))
  else for (const line of reportLines(packs)) out(line)
  return 0
}

/** Folders come in order of slug and day, so the last of a slug is its newest. */
const newestOfEach = (folders: readonly string[]): string[] => [
  ...new Map(folders.map((folder) => [dirname(folder), folder])).values(),
]

function reportLines(packs: readonly Pack[]): string[] {
  const report = policyReport(packs)
  return packs.flatMap((pack) => {
    const mine = report[pack.provider]
    if (mine === undefined) return []
    const count = (list: readonly string[]) => `${list.length}`
    const head = `${pack.name}, version ${pack.version}: ${mine.clauses} clauses; enforced ${count(mine.enforced)}, evidenced ${count(mine.evidenced)}, displayed ${count(mine.displayed)}, to come ${Object.keys(mine.to_come).length}`
    const rows = [...pack.clauses.values()].map((clause) => {
      const state = carriedBy(clause) ?? `to come (${clause.toCome})`
      return `  ${clause.id.padEnd(26)} ${state.padEnd(13)} ${clause.controls.join(', ')}`.trimEnd()
    })
    return [head, ...rows, '']
  })
}
