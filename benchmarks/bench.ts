/**
 * `npm run bench -- NAME …`: one question each, answered by a ratio against a reference in the same run. The last line
 * on standard output is the answer as JSON; everything said on the way goes to standard error.
 */
const questions: Readonly<
  Record<string, { about: string; load(): Promise<{ run(args: string[]): Promise<unknown> }> }>
> = {
  pages: {
    about: 'time to a page with 3,000 cameras and a million ledger entries, against one row by its key',
    load: () => import('./pages.ts'),
  },
  recorder: {
    about: 'processor time and memory per camera while sealing, against one ffmpeg -c copy per camera',
    load: () => import('./recorder.ts'),
  },
  view: {
    about:
      'time to the first picture of a random moment in a month of cameras, with a new viewing and within one',
    load: () => import('./view.ts'),
  },
  decide: {
    about: 'time to a decision with all its reasons, over 3,000 cameras, 200 people and every policy pack',
    load: () => import('./decide.ts'),
  },
}

const [name = '', ...args] = process.argv.slice(2)
const question = questions[name]
if (question === undefined) {
  const list = Object.entries(questions).map(([each, { about }]) => `  ${each.padEnd(10)} ${about}`)
  process.stderr.write(`npm run bench -- NAME [options]\n\n${list.join('\n')}\n`)
  process.exit(2)
}
const { run } = await question.load()
process.stdout.write(`${JSON.stringify(await run(args))}\n`)
