/**
 * The register of laws, codes, standards and registrations. It begins as the pack has it; what people change stands
 * above that. Each change opens the question whether the policy still fits.
 */
import { newId, ok, type Result, refuse } from '#base/base.ts'
import { inTransaction } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { type Clause, controls, type Pack } from '#policy/policy.ts'
import type { ProvidersDeps } from './deps.ts'
import { openCheck } from './library.ts'
import {
  insertChange,
  putStandard,
  type StandardKind,
  type StandardRow,
  type StandardState,
} from './standards-store.ts'

type Deed = { readonly by: string; readonly nowMs: number }

export type StandardLine = StandardRow & {
  /** Where the pack names it. */
  readonly clause: string | null
  /** Why it stands there though the document doesn't name it. */
  readonly silent: string | null
  /** Further clauses of the policy that answer it. */
  readonly clauses: readonly string[]
  /** Named by the pack, so it can be changed and never taken out. */
  readonly ofPack: boolean
  readonly expiry: 'none' | 'far' | 'soon' | 'over'
  /** A registration or licence that the policy claims, and nobody has recorded its number. */
  readonly unproved: boolean
}

/** Expiry is told this many days before. */
export const expiryWarnDays = 60

/** The pack's standards with what people made of them, and those that people added; most pressing first. */
export function standardLines(pack: Pack, rows: readonly StandardRow[], today: string): StandardLine[] {
  const kept = new Map(rows.map((row) => [row.code, row]))
  const named = pack.values.standards.map((given) =>
    lineOf(
      kept.get(given.code) ?? {
        code: given.code,
        kind: given.kind,
        title: given.title,
        edition: given.edition,
        dated: null,
        ownerRole: pack.values.upkeep.ownerRole.value,
        expiresOn: null,
        number: null,
        state: given.state,
        note: given.note,
        controls: given.controls,
        changedMs: 0,
        checkedOn: null,
      },
      { clause: given.clause, silent: given.silent, clauses: given.clauses, ofPack: true },
      today,
    ),
  )
  const codes = new Set(pack.values.standards.map((given) => given.code))
  const own = rows
    .filter((row) => !codes.has(row.code))
    .map((row) => lineOf(row, { clause: null, silent: null, clauses: [], ofPack: false }, today))
  const weight = { over: 0, soon: 1, far: 3, none: 3 } as const
  const of = (line: StandardLine) => Math.min(weight[line.expiry], line.unproved ? 2 : 3)
  return [...named, ...own].sort((a, b) => of(a) - of(b))
}

function lineOf(
  row: StandardRow,
  from: Pick<StandardLine, 'clause' | 'silent' | 'clauses' | 'ofPack'>,
  today: string,
): StandardLine {
  const warn = Temporal.PlainDate.from(today).add({ days: expiryWarnDays }).toString()
  const expiry =
    row.expiresOn === null ? 'none' : row.expiresOn < today ? 'over' : row.expiresOn <= warn ? 'soon' : 'far'
  const unproved =
    row.kind === 'registration' &&
    row.number === null &&
    (row.state === 'in-force' || row.state === 'amended')
  return { ...row, ...from, expiry, unproved }
}

/** Clauses of the policy that answer a standard: the one that names it, those told, and none twice. */
export function clausesAnswering(pack: Pack, line: StandardLine): Clause[] {
  const ids = new Set([line.clause, ...line.clauses])
  return [...ids].flatMap((id) => (id === null ? [] : (pack.clauses.get(id) ?? [])))
}

export type StandardGiven = {
  readonly code: string
  readonly kind: StandardKind
  readonly title: string
  readonly edition: string | null
  readonly dated: string | null
  readonly ownerRole: string
  readonly expiresOn: string | null
  readonly number: string | null
  readonly state: StandardState
  readonly note: string | null
  readonly controls: readonly string[]
}

/** Adds or changes one, with what changed in words; a task to look at the policy opens. */
export async function changeStandard(
  parts: Pick<ProvidersDeps, 'sql' | 'tasks'>,
  pack: Pack,
  given: StandardGiven,
  what: string,
  { by, nowMs }: Deed,
): Promise<Result<string>> {
  const wrong = given.controls.find((id) => !controls.has(id))
  if (wrong !== undefined)
    return refuse({ code: 'controls', message: `Overt has no control of the name “${wrong}”.`, clause: null })
  await inTransaction(parts.sql, async (tx) => {
    await putStandard(tx, pack.provider, { ...given, changedMs: nowMs, checkedOn: null }, by)
    await insertChange(tx, pack.provider, given.code, {
      id: newId(nowMs),
      what,
      edition: given.edition,
      state: given.state,
      expiresOn: given.expiresOn,
      by,
      atMs: nowMs,
    })
    await append(tx, {
      kind: 'standard.changed',
      actor: by,
      provider: pack.provider,
      about: { provider: pack.provider, standard: given.code },
      data: { state: given.state, edition: given.edition ?? '', expiresOn: given.expiresOn ?? '' },
      atMs: nowMs,
    })
    for (const kind of ['standard.expiry', 'standard.number'])
      await parts.tasks.close(tx, {
        kind,
        about: { provider: pack.provider, standard: given.code },
        by,
        nowMs,
      })
    await openCheck(
      tx,
      parts,
      pack,
      `“${given.title}” has changed in the register of standards. See whether the CCTV policy and its controls still answer it.`,
      { standard: given.code },
      nowMs,
    )
  })
  return ok(given.code)
}

/** Somebody looked at the standard against policy and controls, and found them to fit. */
export async function checkStandard(
  parts: Pick<ProvidersDeps, 'sql' | 'tasks'>,
  pack: Pack,
  line: StandardLine,
  today: string,
  { by, nowMs }: Deed,
): Promise<void> {
  await inTransaction(parts.sql, async (tx) => {
    await putStandard(
      tx,
      pack.provider,
      { ...line, changedMs: line.changedMs || nowMs, checkedOn: today },
      by,
    )
    await append(tx, {
      kind: 'standard.checked',
      actor: by,
      provider: pack.provider,
      about: { provider: pack.provider, standard: line.code },
      data: { on: today },
      atMs: nowMs,
    })
    await parts.tasks.close(tx, {
      kind: 'policy.review-early',
      about: { provider: pack.provider, standard: line.code },
      by,
      nowMs,
    })
  })
}
