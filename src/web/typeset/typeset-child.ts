/**
 * Sets one Typst template in a process of its own: Typst is synchronous and takes 170 MB. JSON `{ template, data, as }`
 * comes on standard input, the document goes to standard output; any warning (an unknown font, say) is a failure, told
 * on standard error.
 */
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'
import { ownTypeface, typefaces } from './typefaces.ts'

const atHand = typefaces()
/** What templates call `typefaces`. Ours has single letters of Greek and Vietnamese, which would stand out in a word. */
const named = atHand.map(({ family }) =>
  family === ownTypeface
    ? `(name: "${family}", covers: regex("[^\\u{0370}-\\u{03ff}\\u{1ea0}-\\u{1ef9}]"))`
    : `"${family}"`,
)
const asked = JSON.parse(readFileSync(0, 'utf8')) as { template: string; data: unknown; as: 'pdf' | 'svg' }
const compiler = NodeCompiler.create({
  workspace: dirname(asked.template),
  fontArgs: [{ fontBlobs: atHand.flatMap(({ files }) => files.map((file) => readFileSync(file))) }],
})
const compiled = compiler.compile({
  mainFileContent: `#let typefaces = (${named.join(', ')})\n${readFileSync(asked.template, 'utf8')}`,
  inputs: { data: JSON.stringify(asked.data) },
})
const failed = compiled.takeDiagnostics()
if (failed !== null) {
  console.error(JSON.stringify(compiler.fetchDiagnostics(failed)))
  process.exit(1)
}
compiled.printErrors()
const warnings = compiled.takeWarnings()
if (warnings !== null) {
  console.error(JSON.stringify(compiler.fetchDiagnostics(warnings)))
  process.exit(1)
}
const document = compiled.result!
process.stdout.write(
  asked.as === 'svg' ? compiler.plainSvg(document) : compiler.pdf(document, { pdfStandard: 'ua-1' as never }),
)
