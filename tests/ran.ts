/**
 * After a whole run: what is called enforced has refused somebody in it. Reads the list that `rig/ran-reporter.ts` wrote
 * and fails where a deny case, or any other test that a control names, is not on it. `node tests/ran.ts FILE`
 */
import { readFileSync } from 'node:fs'
import { controls } from '#policy/policy.ts'

const passed = new Set(
  readFileSync(process.argv[2]!, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { file, name } = JSON.parse(line) as { file: string; name: string }
      return `${file}: ${name}`
    }),
)
/** A test that is made once for each of several things is named as it stands in the file: `each ${kind} …`. */
function ran(test: string): boolean {
  if (passed.has(test)) return true
  const parts = test.split(/\$\{[^}]*\}/)
  if (parts.length === 1) return false
  const named = new RegExp(`^${parts.map((part) => RegExp.escape(part)).join('.+')}$`)
  return [...passed].some((one) => named.test(one))
}

const missing = [...controls.values()].flatMap((control) =>
  [...new Set([...control.denies, ...control.tests])]
    .filter((test) => !ran(test))
    .map(
      (test) => `control ${control.id} (${control.strength}): this test did not pass in this run: ${test}`,
    ),
)
const enforced = [...controls.values()].filter((control) => control.strength === 'enforced').length
if (missing.length > 0) {
  process.stderr.write(`${missing.join('\n')}\n`)
  process.exitCode = 1
} else
  process.stdout.write(
    `${controls.size} controls, ${enforced} of them enforced: every test and every deny case that they name passed in this run\n`,
  )
