/** Pages of hand-overs: asking, one, and the list. */
import type { Pack } from '#policy/policy.ts'
import type { Camera } from '#register/register.ts'
import { components as c, html, marks, moment, type Page, type View } from '#web/web.ts'
import type { Disclosure, Exhibit } from '../store.ts'
import { placeWords } from '../words.ts'
import { clauseMark, labelOf, packState, sizeWords } from './words.ts'

type Names = ReadonlyMap<string, { readonly name: string }>

export function handOverPage(view: View, exhibit: Exhibit, camera: Camera | null, pack: Pack): Page {
  const { recipients, bases, dpoTold, necessityNeeded } = pack.values.disclosure
  return {
    title: `Hand over exhibit ${exhibit.reference}`,
    back: { href: `/exhibits/${exhibit.id}`, text: `Exhibit ${exhibit.reference}` },
    body: html`${marks.heading({
      title: `Hand over exhibit ${exhibit.reference}`,
      caption: camera === null ? '' : placeWords(camera.label, camera.siteName),
      lead: 'You make a pack for one named recipient. They can check in their own browser that nothing was changed.',
    })}${c.form({
      view,
      body: html`${c.radios({
        view,
        name: 'recipientKind',
        label: 'Who is it for?',
        labelSize: 'm',
        choices: recipients.map((each) => ({
          value: each.code,
          text: each.label,
          hint: html`${each.clause === null ? 'The policy does not name them; the law does.' : clauseMark(pack, each.clause)}${
            each.agreement === null ? null : html` Needs on file: ${each.agreement}.`
          }`,
        })),
      })}${c.input({
        view,
        name: 'recipientName',
        label: 'Their name',
        labelSize: 'm',
        hint: 'The person who gets it, with their number or office. It is printed on the cover sheet.',
        width: 'two-thirds',
        autocomplete: 'off',
        maxlength: 200,
      })}${c.radios({
        view,
        name: 'basis',
        label: 'On what basis?',
        labelSize: 'm',
        choices: bases.map((each) => ({
          value: each.code,
          text: each.label,
          hint: `${each.law}. For: ${each.recipients.map((code) => labelOf(recipients, code)).join(', ')}.`,
        })),
      })}${c.textarea({
        view,
        name: 'necessity',
        label: 'Why do they need it?',
        labelSize: 'm',
        hint: html`What it will help with, and why less would not do. ${clauseMark(pack, necessityNeeded.clause)}`,
        rows: 4,
        maxlength: 2000,
      })}${c.insetText(
        html`The data protection officer is told at once, and the hand-over is written into the record before the pack is made. ${clauseMark(pack, dpoTold.clause)}`,
      )}${c.button({ text: 'Hand it over' })}`,
    })}`,
  }
}

export type ShownDisclosure = {
  readonly view: View
  readonly disclosure: Disclosure
  readonly exhibit: Exhibit
  readonly camera: Camera | null
  readonly pack: Pack
  readonly names: Names
  readonly mayFetch: boolean
  readonly maySee: boolean
}

export function disclosurePage(given: ShownDisclosure): Page {
  const { view, disclosure, exhibit, pack, camera } = given
  const { recipients, bases } = pack.values.disclosure
  const basis = bases.find(({ code }) => code === disclosure.basis)
  const zone = camera?.timeZone
  return {
    title: `Hand-over of exhibit ${exhibit.reference}`,
    back: { href: `/exhibits/${exhibit.id}`, text: `Exhibit ${exhibit.reference}` },
    body: html`${marks.heading({
      title: `Hand-over of exhibit ${exhibit.reference}`,
      caption: camera === null ? '' : placeWords(camera.label, camera.siteName),
      state: packState(disclosure),
    })}${packPart(given)}${marks.h2('What was decided')}${c.summaryList({
      rows: [
        {
          key: 'To',
          value: `${disclosure.recipientName} (${labelOf(recipients, disclosure.recipientKind)})`,
        },
        {
          key: 'On the basis',
          value: html`${basis?.label ?? disclosure.basis}${basis ? html`, ${basis.law}` : null}`,
        },
        { key: 'Why they need it', value: disclosure.necessity || 'Not stated' },
        {
          key: 'Handed over',
          value: html`${moment(disclosure.madeMs, zone)} by ${given.names.get(disclosure.madeBy)?.name ?? 'somebody who has left'}`,
        },
        { key: 'Policy', value: disclosure.policy },
        {
          key: 'Data protection officer',
          value:
            disclosure.seenMs === null
              ? 'Was told; has not said yet that they saw it'
              : html`Saw it on ${moment(disclosure.seenMs, zone)}`,
        },
      ],
    })}${
      given.maySee && disclosure.seenMs === null
        ? c.form({
            view,
            action: `/disclosures/${disclosure.id}/seen`,
            body: c.button({ text: 'I have seen this hand-over', kind: 'secondary' }),
          })
        : null
    }`,
  }
}

function packPart({ view, disclosure, exhibit, camera, mayFetch }: ShownDisclosure) {
  const again = (text: string) =>
    c.form({
      view,
      action: `/disclosures/${disclosure.id}/again`,
      body: c.button({ text, kind: 'secondary' }),
    })
  switch (disclosure.state) {
    case 'making':
      return html`${marks.paragraph(disclosure.words ?? 'The pack is being made. That takes a moment.')}${c.button({ text: 'Look again', href: `/disclosures/${disclosure.id}`, kind: 'secondary' })}`
    case 'failed':
      return html`${c.warningText(disclosure.words ?? 'The pack could not be made.')}${mayFetch ? again('Try again') : null}`
    case 'removed':
      return html`${marks.paragraph('The file was removed when its time was over. The exhibit is kept as long as its hold lasts.')}${mayFetch ? again('Make the pack again') : null}`
    case 'ready':
      return html`${marks.paragraph(
        html`The pack is ready and passed its own check. Its file is removed on ${moment(disclosure.expiresMs!, camera?.timeZone)}.`,
      )}${
        mayFetch
          ? c.button({
              text: `Download the pack (${sizeWords(disclosure.zipBytes!)})`,
              href: `/disclosures/${disclosure.id}/pack`,
            })
          : null
      }${marks.bullets([
        'Give it on an encrypted stick, or through the recipient’s own secure upload. Never by ordinary mail.',
        html`They unpack it, open <strong>index.html</strong> and choose the folder: it must say <strong>Verified</strong>.`,
      ])}${c.details(
        'Sums of the pack',
        c.summaryList({
          rows: [
            { key: 'ZIP', value: html`<code>${disclosure.zipSha256}</code>` },
            { key: 'Statement', value: html`<code>${disclosure.statementSha256}</code>` },
            { key: 'File', value: fileName(exhibit) },
          ],
        }),
      )}`
  }
}

export const fileName = (exhibit: Exhibit): string => `exhibit-${exhibit.reference.replaceAll('/', '-')}.zip`

export function disclosureList(
  disclosures: readonly Disclosure[],
  packs: ReadonlyMap<string, Pack>,
  names: Names,
): Page {
  return {
    title: 'What was handed over',
    back: { href: '/exhibits', text: 'Evidence' },
    wide: true,
    body: html`${marks.heading({
      title: 'What was handed over',
      lead: 'Every hand-over of footage: to whom, on what basis, by whom.',
    })}${c.table({
      caption: 'Hand-overs',
      captionHidden: true,
      columns: [
        { text: 'When' },
        { text: 'Exhibit' },
        { text: 'To' },
        { text: 'Basis' },
        { text: 'By' },
        { text: 'Pack' },
        { text: 'Seen by the DPO' },
      ],
      rows: disclosures.map((one) => {
        const rules = packs.get(one.provider)?.values.disclosure
        return [
          marks.link(`/disclosures/${one.id}`, moment(one.madeMs)),
          marks.link(`/exhibits/${one.exhibitId}`, one.reference),
          `${one.recipientName} (${labelOf(rules?.recipients ?? [], one.recipientKind)})`,
          labelOf(rules?.bases ?? [], one.basis),
          names.get(one.madeBy)?.name ?? 'somebody who has left',
          packState(one),
          one.seenMs === null ? marks.stateTag('waiting', 'Not yet') : marks.stateTag('lawful', 'Yes'),
        ]
      }),
      empty: marks.emptyState({
        title: 'Nothing was handed over',
        body: 'A hand-over starts on an exhibit’s page.',
      }),
    })}`,
  }
}
