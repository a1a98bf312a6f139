/**
 * Sets one Typst template in a process of its own: Typst is synchronous and takes 170 MB. JSON `{ template, data, as }`
 * comes on standard input, the document goes to standard output; any warning (an unknown font, say) is a failure, told
 * on standard error.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'

const require = createRequire(import.meta.url)
const family = dirname(require.resolve('@expo-google-fonts/atkinson-hyperlegible-next/package.json'))
const font = (cut: string): Buffer => readFileSync(join(family, cut, `AtkinsonHyperlegibleNext_${cut}.ttf`))

const asked = JSON.parse(readFileSync(0, 'utf8')) as { template: string; data: unknown; as: 'pdf' | 'svg' }
const compiler = NodeCompiler.create({
  workspace: dirname(asked.template),
  fontArgs: [{ fontBlobs: [font('400Regular'), font('700Bold')] }],
})
const compiled = compiler.compile({
  mainFileContent: readFileSync(asked.template, 'utf8'),
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
