/** What the pages of bringing an estate in and taking it out look like; their rows are in `routes.ts`. */
import { components as c, type Html, html, marks, type Page, type View } from '#web/web.ts'
import { type Checked, problemsShownMax } from './check-rows.ts'
import { estateColumns } from './columns.ts'
import { fileBytesMax, type Problem, rowsMax } from './read-file.ts'
import { type Counts, uploadHours } from './store.ts'
import type { Looked } from './work.ts'

type Landlord = { readonly slug: string; readonly name: string }

export function estatePage(view: View, landlords: readonly Landlord[]): Page {
  const several = landlords.length > 1
  const of = (name: string): string => (several ? ` of ${name}` : '')
  return {
    title: 'Bring cameras in, or take the list out',
    back: { href: '/sites', text: 'Places' },
    body: html`${marks.heading({
      title: 'Bring cameras in, or take the list out',
      lead: 'Places, systems and cameras as one spreadsheet. An upload is only checked: nothing changes until you have seen what it would do and confirm it.',
    })}${marks.h2('1. Fill in the template')}${marks.paragraph(
      `One row for each camera, at most ${rowsMax.toLocaleString('en-GB')} rows and ${fileBytesMax / 1024 / 1024} MB. Save it as CSV. Rows with the same place are one place.`,
    )}${marks.bullets(
      landlords.map(({ slug, name }) =>
        marks.link(`/estate/template/${slug}`, `Download the template${of(name)} (CSV)`),
      ),
    )}${c.details('What goes into each column', columnsTable())}${marks.h2('2. Upload it')}${c.form({
      view,
      action: '/estate/import',
      files: true,
      body: html`${
        several
          ? c.radios({
              name: 'provider',
              label: 'Whose cameras are they?',
              labelSize: 's',
              view,
              choices: landlords.map((p) => ({ value: p.slug, text: p.name })),
            })
          : landlords.map((p) => c.hidden('provider', p.slug))
      }${c.fileUpload({
        name: 'file',
        label: 'The file',
        labelSize: 's',
        hint: 'CSV as your spreadsheet saves it, or JSON. Passwords in it are kept sealed and never shown again.',
        view,
        accept: '.csv,.json,.txt,text/csv,application/json',
      })}${c.button({ text: 'Check the file' })}`,
    })}${marks.h2('Take the list out')}${marks.paragraph(
      'All places, systems and cameras that your role reaches, without user names and passwords. The ledger keeps that you took it.',
    )}${marks.bullets(
      landlords.flatMap(({ slug, name }) => [
        marks.link(`/estate/export/${slug}?format=csv`, `Download the list${of(name)} as CSV`),
        marks.link(`/estate/export/${slug}?format=json`, `Download the list${of(name)} as JSON`),
      ]),
    )}`,
  }
}

const columnsTable = (): Html =>
  c.table({
    caption: 'Columns of the template',
    captionHidden: true,
    columns: [{ text: 'Column' }, { text: 'What goes in' }],
    rows: estateColumns.map((column) => [column.title, column.help]),
  })

export function uploadPage(view: View, { upload, file, checked }: Looked, landlord: string): Page {
  const back = { href: '/estate', text: 'Bring cameras in' }
  if (upload.counts !== null) return donePage(upload.counts, landlord, back)
  if (file === null || checked === null)
    return {
      title: 'This file is forgotten',
      back,
      body: html`${marks.heading({
        title: 'This file is forgotten',
        lead: `An upload waits for ${uploadHours} hours, or until you upload the next. Nothing of it was taken over.`,
      })}${c.button({ text: 'Upload it again', href: '/estate' })}`,
    }
  const { problems } = checked
  return problems.length > 0
    ? {
        title: 'The file can’t be taken over yet',
        back,
        wide: true,
        body: html`${marks.heading({
          title: 'The file can’t be taken over yet',
          caption: landlord,
          lead: `${counted(problems.length, 'thing')} to put right in the file. Nothing was changed here.`,
        })}${problemTable(problems, file.format, 'What to put right')}${
          problems.length > problemsShownMax
            ? marks.small(
                `The first ${problemsShownMax} are shown. Put these right and upload the file again for the rest.`,
              )
            : null
        }${c.button({ text: 'Upload the corrected file', href: '/estate' })}`,
      }
    : readyPage(view, upload.id, checked, file.format, landlord, back)
}

function readyPage(
  view: View,
  id: string,
  checked: Checked,
  format: 'csv' | 'json',
  landlord: string,
  back: { href: string; text: string },
): Page {
  const fresh = checked.cameras.filter((camera) => camera.id === null)
  const changed = checked.cameras.filter((camera) => camera.changes.length > 0)
  const running = checked.cameras.filter((camera) => camera.running !== null)
  const places = checked.sites.filter((site) => site.id === null)
  const systems = checked.systems.filter((system) => system.id === null)
  const other = checked.sites.some((s) => s.coordinatesChange) || checked.systems.some((s) => s.managerChange)
  const nothing =
    places.length + systems.length + fresh.length + changed.length + running.length === 0 && !other
  const shown = [...fresh, ...changed].slice(0, 100)
  return {
    title: nothing ? 'The register has all of this already' : 'Look at what would change',
    back,
    wide: true,
    body: html`${marks.heading({
      title: nothing ? 'The register has all of this already' : 'Look at what would change',
      caption: landlord,
      lead: nothing
        ? 'Every line of the file stands in the register as it is. There is nothing to confirm.'
        : 'The file has no mistake. Nothing is changed yet.',
    })}${c.summaryList({
      rows: [
        { key: 'New places', value: String(places.length) },
        { key: 'New systems', value: String(systems.length) },
        { key: 'New cameras', value: String(fresh.length) },
        { key: 'Cameras that change', value: String(changed.length) },
        {
          key: 'Cameras that stay as they are',
          value: String(checked.cameras.length - fresh.length - changed.length),
        },
        { key: 'Already running', value: String(running.length) },
      ],
    })}${
      running.length > 0
        ? c.insetText(
            'A camera that already runs is not recorded by Overt yet. Somebody who may decide it is asked for authority to take it over for at most 90 days; what it lacks under the policy becomes a task.',
          )
        : null
    }${
      checked.notes.length > 0 ? problemTable(checked.notes, format, 'Good to know before you confirm') : null
    }${
      shown.length > 0
        ? c.table({
            caption: 'Cameras that are new or change',
            columns: [{ text: 'Camera' }, { text: 'Place' }, { text: 'System' }, { text: 'What happens' }],
            rows: shown.map((camera) => [
              camera.label,
              camera.system.site.name,
              camera.system.name,
              camera.id === null
                ? camera.running === null
                  ? 'New'
                  : 'New; authority to take it over is asked for'
                : `Changes: ${camera.changes.join(', ')}`,
            ]),
          })
        : null
    }${
      shown.length < fresh.length + changed.length
        ? marks.small(`The first ${shown.length} of ${fresh.length + changed.length} are shown.`)
        : null
    }${
      nothing
        ? c.button({ text: 'Back to the places', href: '/sites' })
        : html`${c.form({ view, action: `/estate/imports/${id}/confirm`, body: c.button({ text: 'Take all of it over' }) })}${c.form(
            {
              view,
              action: `/estate/imports/${id}/discard`,
              body: c.button({ text: 'Forget this file', kind: 'secondary' }),
            },
          )}`
    }`,
  }
}

function donePage(counts: Counts, landlord: string, back: { href: string; text: string }): Page {
  return {
    title: 'It is in the register',
    back,
    body: html`${marks.heading({
      title: 'It is in the register',
      caption: landlord,
      lead: 'Uploading the same file again changes nothing.',
    })}${c.summaryList({
      rows: [
        { key: 'New places', value: String(counts.sites) },
        { key: 'New systems', value: String(counts.systems) },
        { key: 'New cameras', value: String(counts.cameras) },
        { key: 'Changed cameras', value: String(counts.changed) },
        { key: 'Authority to take over asked for', value: String(counts.takenOver) },
      ],
    })}${c.buttonGroup(
      c.button({ text: 'See the places', href: '/sites' }),
      ...(counts.takenOver > 0
        ? [c.button({ text: 'See what is asked for', href: '/deployments', kind: 'secondary' })]
        : []),
    )}`,
  }
}

const problemTable = (problems: readonly Problem[], format: 'csv' | 'json', caption: string): Html =>
  c.table({
    caption,
    columns: [
      { text: format === 'csv' ? 'Row' : 'Record' },
      { text: format === 'csv' ? 'Column' : 'Field' },
      { text: 'What it is' },
    ],
    rows: problems
      .slice(0, problemsShownMax)
      .map((problem) => [String(problem.line), problem.column ?? 'Whole row', problem.message]),
  })

const counted = (count: number, what: string): string =>
  count === 1 ? `There is 1 ${what}` : `There are ${count.toLocaleString('en-GB')} ${what}s`
