import { components as c, type Html } from '#web/web.ts'
import type { Standing } from '../evaluate.ts'
import { labelOf, needRows, proportionRows, typedText } from './words.ts'

/** What the assessment weighs: taken from the proposal as it stands, never typed twice. */
export function asked({ file, pack }: Standing): Html {
  const { deployment: d } = file
  return c.summaryList({
    title: 'What is asked for',
    rows: [
      { key: 'Purposes', value: d.purposes.map((p) => labelOf(pack.values.purposes, p)).join('; ') },
      { key: 'Lawful basis', value: labelOf(pack.values.lawfulBases, d.lawfulBasis) },
      ...needRows(d),
      { key: 'Tried before', value: typedText(d.alternatives) },
      { key: 'Hours', value: d.schedule === '' ? 'All day' : d.schedule },
      ...proportionRows(d),
    ],
  })
}
