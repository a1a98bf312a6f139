/** What the page shows after a check. Everything is set as text: nothing in a pack can become markup. */
import type { PackFiles, PackStatement, Verification, VerifiedVideo } from '#formats/pack/pack.ts'
import { gapWords, lengthWords, momentWords, placeWords } from '../words.ts'

export function element(
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElement {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...children)
  return made
}

export function resultView(checked: Verification, files: PackFiles): DocumentFragment {
  const view = document.createDocumentFragment()
  view.append(verdict(checked))
  if (checked.problems.length > 0) view.append(...problemTable(checked))
  const { statement } = checked
  if (statement === null) return view
  view.append(...films(checked, statement, files))
  if (checked.ok)
    view.append(
      element('h2', {}, 'What was checked'),
      element('ul', { class: 'found' }, ...checked.found.map((line) => element('li', {}, line))),
    )
  view.append(...facts(statement), ...keys(statement))
  return view
}

function icon(good: boolean): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 36 36')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  // A disc with a tick, or an octagon with a cross: told apart without colour.
  const shape = good ? 'M18 1a17 17 0 1 0 .01 0z' : 'M11 1h14l10 10v14l-10 10H11L1 25V11z'
  const sign = good
    ? 'M9 18.5l6 6L27.5 12l-2.6-2.6L15 19.3l-3.400-3.4z'
    : 'M11.500 9L9 11.500 15.500 18 9 24.500 11.500 27 18 20.500 24.500 27 27 24.500 20.500 18 27 11.500 24.500 9 18 15.500z'
  path.setAttribute('d', `${shape} ${sign}`)
  path.setAttribute('fill', 'currentColor')
  path.setAttribute('fill-rule', 'evenodd')
  svg.append(path)
  return svg
}

function verdict(checked: Verification): HTMLElement {
  const good = checked.ok
  const heading = element('h2', {})
  heading.append(icon(good), good ? 'Verified' : 'Not verified')
  const words = good
    ? 'This is what the camera recorded. No bit was changed, and the landlord’s ledger proves when it was sealed.'
    : checked.problems.length === 1
      ? `Something is wrong with one file: ${checked.problems[0]!.file}. Do not rely on this footage. Ask the landlord for it again.`
      : `Something is wrong with ${checked.problems.length} files. Do not rely on this footage. Ask the landlord for it again.`
  return element(
    'div',
    { class: `verdict ${good ? 'good' : 'bad'}`, tabindex: '-1', id: 'verdict' },
    heading,
    element('p', {}, words),
  )
}

function problemTable(checked: Verification): Node[] {
  const shown = checked.problems.slice(0, 100)
  const rows = shown.map(({ file, what }) =>
    element('tr', {}, element('td', {}, element('span', { class: 'mono' }, file)), element('td', {}, what)),
  )
  const head = element(
    'tr',
    {},
    element('th', { scope: 'col' }, 'File'),
    element('th', { scope: 'col' }, 'What is wrong'),
  )
  const table = element(
    'table',
    { id: 'problems' },
    element('caption', {}, 'Files with a problem'),
    element('thead', {}, head),
    element('tbody', {}, ...rows),
  )
  const more = checked.problems.length - shown.length
  return [
    element(
      'div',
      { class: 'table', tabindex: '0', role: 'region', 'aria-label': 'Files with a problem' },
      table,
    ),
    ...(more > 0 ? [element('p', {}, `… and ${more} more.`)] : []),
  ]
}

function films(checked: Verification, statement: PackStatement, files: PackFiles): Node[] {
  const made: Node[] = [element('h2', {}, 'The film')]
  for (const [at, video] of statement.videos.entries()) {
    const verified = checked.videos.find(({ path }) => path === video.path)
    const many = statement.videos.length > 1
    if (many) made.push(element('h3', {}, `Part ${at + 1} of ${statement.videos.length}`))
    if (verified === undefined)
      made.push(element('p', {}, 'This film is not shown, because it could not be verified.'))
    else made.push(player(statement, video, verified, files))
  }
  made.push(...gapList(statement))
  return made
}

function player(
  statement: PackStatement,
  video: PackStatement['videos'][number],
  verified: VerifiedVideo,
  files: PackFiles,
): HTMLElement {
  const screen = document.createElement('video')
  screen.controls = true
  screen.playsInline = true
  screen.setAttribute('aria-label', `Film from ${statement.camera.name}`)
  screen.preload = 'auto'
  const now = element('span', {}, '')
  const clock = element(
    'p',
    { class: 'clock' },
    now,
    element('small', {}, `Recorder’s clock, right to ±${lengthWords(statement.uncertaintyMs)}`),
  )
  const film = verified.clock.reduce((sum, part) => sum + part.seconds, 0)
  const frame = film > 0 ? film / video.frames : 0.04
  const stepBy = (by: number) => () => {
    screen.pause()
    screen.currentTime = Math.max(0, Math.min(screen.duration || 0, screen.currentTime + by * frame))
  }
  const back = element('button', { type: 'button' }, 'Frame back')
  back.addEventListener('click', stepBy(-1))
  const on = element('button', { type: 'button' }, 'Frame on')
  on.addEventListener('click', stepBy(1))
  const tell = () => {
    const time = screen.currentTime
    const part = verified.clock.findLast((each) => each.atSeconds <= time + 0.0005) ?? verified.clock[0]
    if (part === undefined) return
    const within = Math.min(time - part.atSeconds, part.seconds)
    now.textContent = momentWords(part.wallMs + Math.max(0, within) * 1000, statement.timeZone, true)
  }
  for (const event of ['timeupdate', 'seeked', 'loadeddata'] as const) screen.addEventListener(event, tell)
  const trouble = element(
    'p',
    { hidden: '' },
    'This browser cannot play this kind of video. Open the file in the folder data/video with another player.',
  )
  screen.addEventListener('error', () => trouble.removeAttribute('hidden'))
  void files.read(video.path).then((bytes) => {
    screen.src = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'video/mp4' }))
  })
  tell()
  return element(
    'div',
    {},
    element('div', { class: 'player' }, screen, element('div', { class: 'bar' }, clock, back, on)),
    trouble,
  )
}

function gapList(statement: PackStatement): Node[] {
  if (statement.gaps.length === 0)
    return [element('p', {}, 'There are no gaps in the recording of this span.')]
  const rows = statement.gaps.map((gap) =>
    element(
      'tr',
      {},
      element('td', {}, momentWords(gap.fromMs, statement.timeZone, true)),
      element('td', {}, lengthWords(gap.toMs - gap.fromMs)),
      element('td', {}, gapWords(gap.cause)),
    ),
  )
  const head = ['From', 'Length', 'Why'].map((text) => element('th', { scope: 'col' }, text))
  const table = element(
    'table',
    {},
    element('caption', {}, 'Gaps in the recording'),
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...rows),
  )
  return [
    element(
      'div',
      { class: 'table', tabindex: '0', role: 'region', 'aria-label': 'Gaps in the recording' },
      table,
    ),
  ]
}

function rows(pairs: readonly (readonly [string, string | Node])[]): HTMLElement {
  return element(
    'dl',
    {},
    ...pairs.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
  )
}

function facts(statement: PackStatement): Node[] {
  const { timeZone } = statement
  const span = `${momentWords(statement.fromMs, timeZone)} to ${momentWords(statement.toMs, timeZone)}`
  return [
    element('h2', {}, `Exhibit ${statement.exhibit.reference}`),
    rows([
      ['What it shows', statement.exhibit.description || 'Not described'],
      ['Camera', placeWords(statement.camera.name, statement.camera.place)],
      ['Time', `${span} (${timeZone})`],
      ['Landlord', statement.provider.name],
      ['Handed to', `${statement.recipient.name} (${statement.recipient.kind})`],
      ['On the basis', [statement.basis.label, statement.basis.law].filter((text) => text !== '').join(', ')],
      ['Why it is needed', statement.basis.necessity || 'Not stated'],
      ['Recorded for', statement.purpose],
      ['Landlord’s case', statement.caseReference ?? 'None'],
      ['Made by', `${statement.madeBy}, ${momentWords(statement.madeMs, timeZone)}`],
    ]),
  ]
}

function keys(statement: PackStatement): Node[] {
  return [
    element('h2', {}, 'Whose signature this is'),
    element(
      'p',
      {},
      'A page can show that everything was signed by the keys below. That they are the landlord’s, only the landlord can tell you: compare them with those it publishes.',
    ),
    rows([
      ['Root key', element('span', { class: 'mono' }, statement.keys.root)],
      ['Ledger key', element('span', { class: 'mono' }, statement.keys.ledger)],
    ]),
  ]
}
