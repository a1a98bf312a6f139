/** The sign register, one sign with its picture and photos, and whom people can ask. */
import {
  addressShown,
  bleedMm,
  type KeptContact,
  listMax,
  pictureMegabytesMax,
  placeWords,
  type Sighting,
  type SignLine,
  type SignVersion,
  sheetSizeLabels,
  sheetSizes,
  signLacks,
  signPlaceLabels,
  signReference,
} from '#register/register.ts'
import { components as c, type Html, html, marks, moment, type Page, type View } from '#web/web.ts'
import { signFormsBox } from '../letters/sign-forms.ts'
import { checkDueMs } from '../signs-in-line.ts'
import { signStateOf } from './sign-words.ts'
import { ownView } from './words.ts'

const placeOf = (line: SignLine): string => placeWords({ label: line.cameraLabel, siteName: line.siteName })

export function signsPage(
  lines: readonly SignLine[],
  text: string,
  nowMs: number,
  contacts: readonly { readonly slug: string; readonly name: string }[],
): Page {
  const shown = lines.map((line) => ({ line, state: signStateOf(line, nowMs) }))
  const open = shown.filter(({ state }) => state.tone !== 'lawful').length
  return {
    title: 'Signs',
    wide: true,
    body: html`${marks.heading({
      title: 'Signs',
      lead:
        lines.length === 0
          ? 'Signs tell people that there is a camera, who runs it and whom to ask.'
          : open === 0
            ? 'Every sign hangs and says what it must.'
            : `${open} of ${lines.length} ${open === 1 ? 'needs' : 'need'} somebody.`,
    })}${contacts.map((one) =>
      c.button({
        text: contacts.length === 1 ? 'Whom people can ask' : html`Whom people can ask: ${one.name}`.text,
        href: `/sign-contact?provider=${one.slug}`,
        kind: 'secondary',
      }),
    )}${marks.filterForm({
      action: '/signs',
      fields: c.input({
        name: 'text',
        label: 'Search by place, camera, area or the sign’s first four letters',
        value: text,
        type: 'search',
        width: 20,
      }),
      text: 'Search',
      ...(text ? { clear: '/signs' } : {}),
    })}${c.table({
      caption: 'Signs',
      captionHidden: true,
      columns: [
        { text: 'Sign' },
        { text: 'Where it belongs' },
        { text: 'State' },
        { text: 'Last seen' },
        { text: 'To do' },
      ],
      rows: shown.map(({ line, state }) => [
        marks.link(`/signs/${line.sheet.id}`, signReference(line.sheet.code)),
        html`${placeOf(line)}<br><span class="overt-muted">${signPlaceLabels[line.sheet.place]}</span>`,
        marks.stateTag(state.tone, state.words),
        line.hanging?.seenMs ? moment(line.hanging.seenMs, line.timeZone) : 'Never',
        state.todo || 'Nothing',
      ]),
      empty: marks.emptyState({
        title: text ? 'Nothing found' : 'No sign yet',
        body: text
          ? 'Try part of the place, the camera or the area.'
          : 'Signs are made by themselves when a camera is asked for.',
      }),
    })}${lines.length >= listMax ? marks.small(`Only ${listMax} are shown. Search for the one you need.`) : null}`,
  }
}

export type SignShown = {
  readonly line: SignLine
  readonly versions: readonly SignVersion[]
  readonly sightings: readonly Sighting[]
  readonly base: string
  /** Null: this person may not see the camera's authority, so there is nothing to do here. */
  readonly deployment: { readonly id: string; readonly reference: string } | null
  readonly guarded: boolean
  /** In which other forms people there read signs. */
  readonly forms: readonly string[]
  readonly mayInstall: boolean
  readonly mayVouch: boolean
  readonly mayReport: boolean
  readonly personId: string
  readonly nowMs: number
  name(id: string): string
}

export function signPage(view: View, shown: SignShown): Page {
  const { line } = shown
  const { sheet } = line
  const state = signStateOf(line, shown.nowMs)
  const lacks = signLacks(sheet.says)
  return {
    title: `Sign ${signReference(sheet.code)}`,
    back: { href: '/signs', text: 'Signs' },
    wide: true,
    body: html`${marks.heading({
      title: `Sign ${signReference(sheet.code)}`,
      caption: placeOf(line),
      state: marks.stateTag(state.tone, state.words),
      lead: `${signPlaceLabels[sheet.place]}. ${state.todo}`,
    })}${marks.columns(
      html`${
        lacks.length > 0
          ? c.insetText(
              html`No sign is made without ${lacks.join(' and ')}. ${marks.link(`/sign-contact?provider=${sheet.provider}`, 'Say whom people can ask')}.`,
            )
          : html`${marks.picture({
              src: `/signs/${sheet.id}/picture?version=${sheet.version}`,
              alt: `The sign as it is printed. ${wordsOnSign(line)}`,
              caption: `Version ${sheet.version}, as it is printed`,
              width: 420,
            })}${marks.h2('Print it')}${signFormsBox(shown.forms)}${c.buttonGroup(
              ...sheetSizes.map((size) =>
                c.button({
                  text: sheetSizeLabels[size],
                  href: `/signs/${sheet.id}/print/${size}`,
                  kind: size === 'a4' ? 'primary' : 'secondary',
                }),
              ),
            )}${marks.small('PDF, ready for a printer. Print it at its full size: the code must stay sharp.')}${c.details(
              'For a print shop',
              html`${marks.paragraph(`The colours go ${bleedMm} mm beyond the cut on each side, and the file says where to cut.`)}${marks.bullets(
                sheetSizes.map((size) =>
                  marks.link(`/signs/${sheet.id}/print/${size}?for=shop`, sheetSizeLabels[size]),
                ),
              )}`,
            )}`
      }${secondWord(view, shown)}${photos(shown)}${versionList(shown)}`,
      html`${facts(shown)}${photoForm(view, shown)}${reportForm(view, shown)}${guardForm(view, shown)}`,
    )}`,
  }
}

/** What the picture says, for who can't see it. */
const wordsOnSign = ({ sheet: { says } }: SignLine): string =>
  [
    says.audio ? 'CCTV with sound in operation.' : 'CCTV in operation.',
    `Why: ${says.purposes.join('; ')}.`,
    `Who runs it: ${says.operator}.`,
    says.monitored ? 'Somebody may be watching live.' : '',
  ]
    .filter((text) => text !== '')
    .join(' ')

function facts({ line, base }: SignShown): Html {
  const { sheet, hanging } = line
  const how =
    hanging === null
      ? 'Nothing hangs yet'
      : hanging.proof === 'read'
        ? `Version ${hanging.version}, read in its photo`
        : hanging.proof === 'word'
          ? `Version ${hanging.version}, by a second person’s word`
          : `Version ${hanging.version}, not proved yet`
  const dueMs = hanging?.seenMs ? checkDueMs(hanging.seenMs, line.timeZone) : null
  return c.summaryList({
    title: 'What the register knows',
    rows: [
      { key: 'Hangs', value: how },
      ...(hanging?.note ? [{ key: 'Where exactly', value: hanging.note }] : []),
      {
        key: 'Last seen',
        value: hanging?.seenMs ? moment(hanging.seenMs, line.timeZone) : 'Never',
      },
      ...(dueMs === null ? [] : [{ key: 'Next look', value: html`by ${moment(dueMs - 1, line.timeZone)}` }]),
      {
        key: 'Behind its code',
        value: html`${marks.link(`/s/${sheet.code}/${sheet.version}`, 'The page that people see')}<br><span class="overt-muted">${addressShown(base, sheet)}</span>`,
      },
      {
        key: 'Gives away',
        value: sheet.unlisted
          ? 'Nothing of where it is, or whether anything records'
          : 'The name of the place',
      },
    ],
  })
}

function secondWord(view: View, shown: SignShown): Html | null {
  const waiting = shown.sightings.find((s) => s.proof === 'waiting')
  if (waiting === undefined || shown.deployment === null) return null
  const action = `/deployments/${shown.deployment.id}/signs/answer`
  const own = ownView(view, action)
  return html`${marks.h2('A second person’s word', 'second-word')}${marks.picture({
    src: `/signs/${shown.line.sheet.id}/photos/${waiting.photoId}`,
    alt: 'Photo of the sign in which its code can’t be read',
    caption: html`By ${shown.name(waiting.takenBy)} on ${moment(waiting.takenMs, shown.line.timeZone)}. Why it can’t be read: ${waiting.reason}`,
    width: 420,
  })}${
    waiting.takenBy === shown.personId
      ? marks.paragraph('You took this photo, so somebody else must answer.')
      : shown.mayVouch
        ? c.form({
            view: own,
            action,
            body: html`${c.hidden('sighting', waiting.id)}${c.hidden('sheet', shown.line.sheet.id)}${c.radios(
              {
                name: 'hangs',
                label: `Does version ${waiting.version} of this sign hang there, where people see it?`,
                labelSize: 's',
                view: own,
                choices: [
                  { value: 'yes', text: 'Yes, I know that it does' },
                  { value: 'no', text: 'No, or I can’t tell' },
                ],
              },
            )}${c.textarea({ name: 'words', label: 'How do you know?', labelSize: 's', view: own, rows: 2, maxlength: 500 })}${c.button({ text: 'Answer' })}`,
          })
        : marks.paragraph('Whoever installs or asks for cameras can answer.')
  }`
}

const proofWords: Readonly<Record<Sighting['proof'], string>> = {
  read: 'Its code was read',
  waiting: 'Waits for a second person',
  word: 'Confirmed by a second person',
  refused: 'Not confirmed',
  passed: 'A readable photo came after it',
}

function photos(shown: SignShown): Html | null {
  if (shown.sightings.length === 0) return null
  return html`${marks.h2('Photos')}${c.table({
    caption: 'Photos of this sign',
    captionHidden: true,
    columns: [
      { text: 'When' },
      { text: 'By' },
      { text: 'Version' },
      { text: 'What came of it' },
      { text: 'Photo' },
    ],
    rows: shown.sightings.map((s) => [
      moment(s.takenMs, shown.line.timeZone),
      shown.name(s.takenBy),
      String(s.version),
      s.answered
        ? html`${proofWords[s.proof]}: ${shown.name(s.answered.by)}, ${s.answered.answer}`
        : proofWords[s.proof],
      marks.link(
        `/signs/${shown.line.sheet.id}/photos/${s.photoId}`,
        html`Look<span class="govuk-visually-hidden"> at the photo of ${moment(s.takenMs, shown.line.timeZone)}</span>`,
      ),
    ]),
  })}`
}

function versionList({ versions, line }: SignShown): Html {
  return html`${marks.h2('Versions')}${marks.bullets(
    versions.map(
      (v) =>
        html`Version ${v.version}, since ${moment(v.sinceMs, line.timeZone)}${v.change ? html`: other words for ${v.change}` : null}`,
    ),
  )}`
}

function photoForm(view: View, shown: SignShown): Html | null {
  const { sheet, hanging } = shown.line
  if (!shown.mayInstall || shown.deployment === null || signLacks(sheet.says).length > 0) return null
  const action = `/deployments/${shown.deployment.id}/install/signs`
  const own = ownView(view, action)
  return marks.card({
    title: hanging === null ? 'It hangs now' : 'Look at it again',
    body: c.form({
      view: own,
      action,
      files: true,
      body: html`${c.hidden('place', sheet.place)}${c.hidden('sheet', sheet.id)}${c.hidden('from', 'sign')}${photoFields(own, hanging?.note ?? '')}${c.button({ text: 'Send the photo' })}`,
    }),
  })
}

/** The fields of every form that takes a photo of a sign. */
export function photoFields(view: View, note: string): Html {
  return html`${c.input({ name: 'note', label: 'Where exactly?', hint: 'For example: front door, at eye height.', view, value: note, width: 'two-thirds' })}${c.fileUpload(
    {
      name: 'photo',
      label: 'Photo of the sign',
      labelSize: 's',
      hint: `The code must be sharp: it is read from the photo, and tells which sign and which version hangs there. JPEG or PNG, ${pictureMegabytesMax} MB at most.`,
      view,
      accept: 'image/jpeg,image/png',
      capture: 'environment',
    },
  )}${c.details(
    'No photo can show the code',
    c.textarea({
      name: 'unreadable',
      label: 'Why can it not be read?',
      hint: 'For example: it hangs four metres up. A second person must then confirm that it hangs.',
      view,
      rows: 2,
      maxlength: 500,
    }),
  )}`
}

function reportForm(view: View, shown: SignShown): Html | null {
  const { hanging } = shown.line
  if (hanging === null || hanging.missingMs !== null || !shown.mayReport || shown.deployment === null)
    return null
  const action = `/deployments/${shown.deployment.id}/signs/${hanging.id}/missing`
  return marks.card({
    title: 'Is something wrong with it?',
    body: html`${marks.paragraph('Anybody who works here can say so. Whoever installs is told at once.')}${c.form(
      {
        view: { ...view, refused: null },
        action,
        body: c.buttonGroup(
          c.button({ text: 'It is missing', kind: 'secondary', name: 'trouble', value: 'missing' }),
          c.button({ text: 'It is damaged', kind: 'secondary', name: 'trouble', value: 'damaged' }),
        ),
      },
    )}`,
  })
}

function guardForm(view: View, shown: SignShown): Html | null {
  if (!shown.mayInstall || shown.deployment === null) return null
  const action = `/deployments/${shown.deployment.id}/signs/guard`
  const own = ownView(view, action)
  const sheet = c.hidden('sheet', shown.line.sheet.id)
  if (shown.guarded)
    return marks.card({
      title: 'Marked for safety',
      body: html`${marks.paragraph('The page behind the code gives nothing away.')}${c.form({
        view: { ...view, refused: null },
        action,
        body: html`${sheet}${c.hidden('guarded', 'no')}${c.button({ text: 'Take the mark away', kind: 'secondary' })}`,
      })}`,
    })
  if (shown.line.sheet.unlisted) return null
  return c.details(
    'Could somebody be harmed by knowing of this camera?',
    c.form({
      view: own,
      action,
      body: html`${sheet}${c.hidden('guarded', 'yes')}${c.textarea({ name: 'reason', label: 'Why?', hint: 'Without names. The page behind the code then says nothing of where it is, or whether anything records.', view: own, rows: 2, maxlength: 500 })}${c.button({ text: 'Mark for safety', kind: 'secondary' })}`,
    }),
  )
}

export function contactPage(
  view: View,
  landlord: string,
  provider: string,
  contact: KeptContact | null,
  base: string,
): Page {
  return {
    title: 'Whom people can ask',
    back: { href: '/signs', text: 'Signs' },
    body: html`${marks.heading({
      title: 'Whom people can ask',
      caption: landlord,
      lead: 'This stands on every sign and on the page behind its code. When you change it, every sign needs hanging again.',
    })}${c.form({
      view,
      action: '/sign-contact',
      body: html`${c.hidden('provider', provider)}${c.hidden('version', contact?.version ?? 0)}${c.input({ name: 'name', label: 'Who answers', labelSize: 's', hint: 'A team, so that it stays true when people change: “Customer services”.', view, value: contact?.name ?? '', width: 'two-thirds' })}${c.input({ name: 'phone', label: 'Telephone', labelSize: 's', view, value: contact?.phone ?? '', type: 'tel', width: 20 })}${c.input({ name: 'email', label: 'E-mail', labelSize: 's', view, value: contact?.email ?? '', type: 'email', width: 'two-thirds', spellcheck: false })}${c.input({ name: 'web', label: 'Web page', labelSize: 's', hint: 'Where people ask for pictures of themselves or complain.', view, value: contact?.web ?? '', width: 'two-thirds', spellcheck: false })}${c.textarea({ name: 'post', label: 'Post', labelSize: 's', view, value: contact?.post ?? '', rows: 3, maxlength: 500 })}${c.button({ text: 'Save' })}`,
    })}${marks.small(html`Codes on signs lead to ${base}. Whoever runs this installation sets that address (OVERT_PUBLIC_URL).`)}`,
  }
}
