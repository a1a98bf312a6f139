/** Pages of exhibits: the list, making one, one, and watching it. */
import type { Pack } from '#policy/policy.ts'
import type { Camera } from '#register/register.ts'
import { components as c, type Html, html, marks, moment, type Page, spanWords, type View } from '#web/web.ts'
import type { Disclosure, Exhibit, Look } from '../store.ts'
import type { Watched } from '../watch.ts'
import { gapWords, lengthWords, placeWords } from '../words.ts'
import { clauseMark, labelOf, packState } from './words.ts'

type Names = ReadonlyMap<string, { readonly name: string }>
const nameIn = (names: Names, id: string): string => names.get(id)?.name ?? 'somebody who has left'

export function exhibitList(
  exhibits: readonly Exhibit[],
  cameras: ReadonlyMap<string, Camera>,
  text: string,
  maySeeHandOvers: boolean,
): Page {
  return {
    title: 'Evidence',
    wide: true,
    body: html`${marks.heading({
      title: 'Evidence',
      lead: 'An exhibit is footage kept past its time because a case needs it. It is made from a viewing: mark a span there.',
    })}${marks.filterForm({
      action: '/exhibits',
      fields: c.input({
        name: 'text',
        label: 'Search by exhibit, case or words',
        value: text,
        type: 'search',
        width: 20,
      }),
      text: 'Search',
      ...(text ? { clear: '/exhibits' } : {}),
    })}${c.table({
      caption: 'Exhibits',
      captionHidden: true,
      columns: [
        { text: 'Exhibit' },
        { text: 'What it shows' },
        { text: 'Camera' },
        { text: 'From' },
        { text: 'Length' },
        { text: 'Case' },
      ],
      rows: exhibits.map((one) => {
        const camera = cameras.get(one.cameraId)
        return [
          marks.link(`/exhibits/${one.id}`, one.reference),
          one.description || 'Not described',
          camera === undefined ? 'Not there any more' : placeWords(camera.label, camera.siteName),
          moment(one.fromMs, camera?.timeZone, true),
          spanWords(one.toMs - one.fromMs),
          one.caseReference ?? 'None',
        ]
      }),
      empty: marks.emptyState({
        title: text ? 'Nothing found' : 'There are no exhibits yet',
        body: text
          ? 'Try part of a reference, or of what it shows.'
          : 'Open a viewing, mark the span that matters, and make an exhibit of it.',
      }),
    })}${maySeeHandOvers ? marks.paragraph(marks.link('/disclosures', 'What was handed over')) : null}`,
  }
}

export type NewExhibit = {
  readonly view: View
  readonly camera: Camera
  readonly pack: Pack
  readonly fromMs: number
  readonly toMs: number
  readonly viewing: string | null
  readonly purpose: string
  readonly caseReference: string
  /** Null when the person has none here yet. */
  readonly initials: string | null
  readonly suggested: string
  readonly holdEndsMs: number
}

export function newExhibitPage(given: NewExhibit): Page {
  const { view, camera, pack } = given
  const { daysMax } = pack.values.holds
  const back =
    given.viewing === null
      ? { href: '/exhibits', text: 'Evidence' }
      : { href: `/viewings/${given.viewing}`, text: 'Back to the viewing' }
  return {
    title: 'Make an exhibit',
    back,
    body: html`${marks.heading({
      title: 'Make an exhibit',
      caption: placeWords(camera.label, camera.siteName),
      lead: 'The span is held at once: it stays when the rest of the day is deleted.',
    })}${c.summaryList({
      rows: [
        { key: 'From', value: moment(given.fromMs, camera.timeZone, true) },
        { key: 'To', value: moment(given.toMs, camera.timeZone, true) },
        { key: 'Length', value: spanWords(given.toMs - given.fromMs) },
        {
          key: 'Kept until',
          value: html`${moment(given.holdEndsMs, camera.timeZone)}, ${daysMax.value} days ${clauseMark(pack, daysMax.clause)}`,
        },
      ],
    })}${daysMax.silent ? marks.silent({ uses: `${daysMax.value} days`, ...(daysMax.why === null ? {} : { why: daysMax.why }) }) : null}${c.form(
      {
        view,
        action: '/exhibits',
        body: html`${c.hidden('camera', camera.id)}${c.hidden('from', given.fromMs)}${c.hidden('to', given.toMs)}${
          given.viewing === null ? null : c.hidden('viewing', given.viewing)
        }${c.textarea({
          view,
          name: 'description',
          label: 'What it shows',
          hint: 'A short sentence without names, like “Two people at the lift door”. It is printed on the cover sheet.',
          rows: 3,
          maxlength: 500,
        })}${c.select({
          view,
          name: 'purpose',
          label: 'What it is needed for',
          value: given.purpose,
          empty: 'Choose one',
          options: pack.values.viewing.purposes.map(({ code, label }) => ({ value: code, text: label })),
        })}${c.input({
          view,
          name: 'caseReference',
          label: 'Case',
          hint: html`Like C-2026-0001. ${marks.link('/cases/new', 'Open a case')} if there is none.`,
          value: given.caseReference,
          width: 10,
        })}${c.radios({
          view,
          name: 'colleague',
          label: 'Is it about a colleague?',
          hint:
            pack.values.viewing.colleagueConsent.value.length > 0
              ? 'With a yes, a second person must have agreed to the viewing in which you saw it.'
              : 'The answer is written down.',
          value: 'no',
          inline: true,
          choices: [
            { value: 'no', text: 'No' },
            { value: 'yes', text: 'Yes' },
          ],
        })}${
          given.initials === null
            ? c.input({
                view,
                name: 'initials',
                label: 'Your initials',
                hint: 'Your exhibits are numbered under them, like PN/1. You choose them once.',
                value: given.suggested,
                width: 4,
                spellcheck: false,
              })
            : marks.small(`It gets the next number under your initials, ${given.initials}.`)
        }${c.button({ text: 'Make the exhibit' })}`,
      },
    )}`,
  }
}

export type ShownExhibit = {
  readonly view: View
  readonly exhibit: Exhibit
  readonly camera: Camera | null
  readonly pack: Pack
  readonly names: Names
  readonly nowMs: number
  readonly disclosures: readonly Disclosure[] | null
  readonly mayHandOver: boolean
}

export function exhibitPage(given: ShownExhibit): Page {
  const { view, exhibit, camera, pack } = given
  const zone = camera?.timeZone
  const kept = exhibit.holdEndsMs > given.nowMs
  return {
    title: `Exhibit ${exhibit.reference}`,
    back: { href: '/exhibits', text: 'Evidence' },
    body: html`${marks.heading({
      title: `Exhibit ${exhibit.reference}`,
      caption:
        camera === null ? 'Its camera is not registered any more' : placeWords(camera.label, camera.siteName),
      state: kept
        ? marks.stateTag('lawful', 'Kept as evidence')
        : marks.stateTag('stopped', 'Not kept any more'),
      lead: exhibit.description || 'Nobody has described what it shows.',
    })}${c.summaryList({
      rows: [
        { key: 'From', value: moment(exhibit.fromMs, zone, true) },
        { key: 'To', value: moment(exhibit.toMs, zone, true) },
        { key: 'Length', value: spanWords(exhibit.toMs - exhibit.fromMs) },
        { key: 'Needed for', value: labelOf(pack.values.viewing.purposes, exhibit.purpose) },
        {
          key: 'Case',
          value:
            exhibit.caseId === null
              ? 'None'
              : marks.link(`/cases/${exhibit.caseId}`, exhibit.caseReference ?? ''),
        },
        {
          key: 'Made',
          value: html`${moment(exhibit.madeMs, zone)} by ${nameIn(given.names, exhibit.madeBy)}`,
        },
        { key: kept ? 'Kept until' : 'Was kept until', value: moment(exhibit.holdEndsMs, zone) },
        ...(exhibit.derivedFrom === null
          ? [{ key: 'Made from', value: 'The recording itself: this is the master' }]
          : [
              {
                key: 'Made from',
                value: marks.link(`/exhibits/${exhibit.derivedFrom}`, 'The master exhibit'),
              },
            ]),
      ],
    })}${kept ? watchForm(view, exhibit) : null}${handedOver(given, kept)}`,
  }
}

const watchForm = (view: View, exhibit: Exhibit): Html =>
  html`${marks.h2('Watch it', 'watch')}${c.form({
    view,
    action: `/exhibits/${exhibit.id}/watch`,
    body: html`${c.input({
      view,
      name: 'reason',
      label: 'Why do you watch it?',
      hint: 'It is written into the record, with your name, before you see anything.',
      width: 'two-thirds',
      maxlength: 500,
    })}${c.button({ text: 'Watch the exhibit', kind: 'secondary' })}`,
  })}`

function handedOver(given: ShownExhibit, kept: boolean): Html {
  const { exhibit, disclosures, pack, names, camera } = given
  return html`${marks.h2('Handing it over', 'hand-over')}${
    given.mayHandOver && kept
      ? c.button({ text: 'Hand it over', href: `/exhibits/${exhibit.id}/hand-over` })
      : null
  }${
    disclosures === null
      ? null
      : c.table({
          caption: 'Hand-overs of this exhibit',
          captionHidden: true,
          columns: [{ text: 'When' }, { text: 'To' }, { text: 'Basis' }, { text: 'By' }, { text: 'Pack' }],
          rows: disclosures.map((one) => [
            marks.link(`/disclosures/${one.id}`, moment(one.madeMs, camera?.timeZone)),
            `${one.recipientName} (${labelOf(pack.values.disclosure.recipients, one.recipientKind)})`,
            labelOf(pack.values.disclosure.bases, one.basis),
            nameIn(names, one.madeBy),
            packState(one),
          ]),
          empty: marks.paragraph('It has not been handed to anybody.'),
        })
  }`
}

export function watchPage(given: {
  readonly view: View
  readonly exhibit: Exhibit
  readonly camera: Camera | null
  readonly look: Look
  readonly watched: Watched
  readonly viewer: string
}): Page {
  const { exhibit, camera, look, watched } = given
  const zone = camera?.timeZone
  const gaps = watched.gaps.filter((gap) => gap.toMs > exhibit.fromMs && gap.fromMs < exhibit.toMs)
  return {
    title: `Watching exhibit ${exhibit.reference}`,
    back: { href: `/exhibits/${exhibit.id}`, text: `Exhibit ${exhibit.reference}` },
    wide: true,
    body: html`${marks.heading({
      title: `Exhibit ${exhibit.reference}`,
      caption: camera === null ? '' : placeWords(camera.label, camera.siteName),
    })}${watched.films.map(
      (film, at) => html`<figure class="overt-exhibit-film">
<div class="overt-exhibit-film__frame"><video controls playsinline preload="auto" src="/exhibits/${exhibit.id}/watch/${look.id}/film/${at + 1}" aria-label="Film of exhibit ${exhibit.reference}${watched.films.length > 1 ? `, part ${at + 1} of ${watched.films.length}` : ''}"></video><span class="overt-exhibit-film__viewer">${given.viewer}</span></div>
<figcaption>${moment(film.firstMs, zone, true)} to ${moment(film.lastMs, zone, true)}. The recorder’s clock was right to ±${lengthWords(film.uncertaintyMs)}.</figcaption>
</figure>`,
    )}${c.table({
      caption: 'Gaps in the recording',
      columns: [{ text: 'From' }, { text: 'Length' }, { text: 'Why' }],
      rows: gaps.map((gap) => [
        moment(gap.fromMs, zone, true),
        lengthWords(gap.toMs - gap.fromMs),
        gapWords(gap.cause),
      ]),
      empty: marks.paragraph('There are no gaps in the recording of this span.'),
    })}${marks.small(html`You watch this as ${given.viewer}, until ${moment(look.expiresMs, zone)}. That you did is in the record.`)}`,
  }
}
