/**
 * The controls: everything in the code that carries a clause out, each with its name, its strength, the place in the
 * code and the tests that prove it. Data only; `tests/controls.test.ts` looks up every place and every test named here.
 */
import { accounts } from './controls/accounts.ts'
import { asking } from './controls/asking.ts'
import { decidedControls } from './controls/decided.ts'
import { estateControls } from './controls/estate.ts'
import { footage } from './controls/footage.ts'
import { keeping } from './controls/keeping.ts'
import { landlords } from './controls/landlords.ts'
import { letterControls } from './controls/letters.ts'
import { placement } from './controls/placement.ts'
import { record } from './controls/record.ts'
import { recording } from './controls/recording.ts'
import { registerControls } from './controls/register.ts'
import { signs } from './controls/signs.ts'
import { trainingControls } from './controls/training.ts'
import { work } from './controls/work.ts'
import type { GateKind } from './values.ts'

export const strengths = ['enforced', 'evidenced', 'displayed'] as const
export type Strength =
  /** Cannot be broken through the software. */
  | 'enforced'
  /** Recorded, chased and shown when missing; also every gate whose proof can be false. */
  | 'evidenced'
  /** Words that people are shown. */
  | 'displayed'

export type Control = {
  /** `recording.stops-at-expiry`: what it does, for ever under this name. */
  readonly id: string
  readonly strength: Strength
  /** One sentence for the policy page. */
  readonly says: string
  /** `file name`: the function, class or constant that does it. */
  readonly by: readonly string[]
  /** `file: test name`. */
  readonly tests: readonly string[]
  /** Of the same form: tests in which it refuses somebody or something. An enforced control has one at least. */
  readonly denies: readonly string[]
  /** House rules it consists of: each must have refused somebody in a case of every pack that names this control. */
  readonly rules: readonly string[]
  /** The gate it consists of: a pack whose placements don't have it cannot name this control. */
  readonly gate: GateKind | null
}

/** The one control that is a pack's own: a rule of its `access.cedar` that quotes the clause. */
export const ownRule = 'policy.own-rule'

export const controls: ReadonlyMap<string, Control> = new Map(
  [
    ...accounts,
    ...asking,
    ...landlords,
    ...letterControls,
    ...decidedControls,
    ...recording,
    ...signs,
    ...footage,
    ...record,
    ...keeping,
    ...placement,
    ...estateControls,
    ...registerControls,
    ...trainingControls,
    ...work,
  ].map((control) => [control.id, control]),
)

/** What is wrong with a list of controls, in plain words; places and tests are looked up where the files are. */
export function controlMistakes(list: Iterable<Control>): string[] {
  const found: string[] = []
  for (const control of list) {
    const wrong = (message: string) => found.push(`control ${control.id}: ${message}`)
    if (control.by.length === 0) wrong('names nothing in the code that does it')
    if (control.tests.length + control.denies.length === 0) wrong('has no test')
    if (control.strength === 'enforced' && control.denies.length === 0)
      wrong('is called enforced and has no deny case; write one, or call it evidenced')
  }
  return found
}

/** A chain is as strong as its weakest link. */
export const weakest = (list: readonly Strength[]): Strength | null =>
  strengths.findLast((strength) => list.includes(strength)) ?? null
