/** For tests: everything that the packs of this repository ask before a picture or a decision. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { checkPack } from '#policy/policy.ts'

const policies = join(import.meta.dirname, '..', 'policies')
const known = new Map<string, readonly string[]>()

/** Codes of the courses and licences of a landlord's newest policy. */
function codesOf(provider: string): readonly string[] {
  const before = known.get(provider)
  if (before !== undefined) return before
  const day = readdirSync(join(policies, provider)).sort().at(-1)!
  const training = checkPack(join(policies, provider, day)).pack?.values.training
  const codes = [...(training?.courses ?? []), ...(training?.licences ?? [])].map(({ code }) => code)
  // What the landlord may have decided where its policy is silent.
  codes.push('decided-licence', 'decided-training', 'decided-qualification')
  known.set(provider, codes)
  return codes
}

/** What a person of these landlords has: nothing stands in the way of what their roles allow. */
export const qualified = (...providers: readonly string[]) =>
  providers.flatMap((provider) => codesOf(provider).map((code) => ({ provider, code })))
