/** Sound at a camera: what the policy says, who asked, who agreed, until when. */
import { addDays, civilDay } from '#base/base.ts'
import { components as c, dayWords, type Html, html, marks, moment, type Page, type View } from '#web/web.ts'
import type { Standing } from '../evaluate.ts'
import { agreedSound, soundWaitsFor } from '../sound-facts.ts'
import { signsSaySound } from '../sound-mandate.ts'
import type { Sound } from '../sound-store.ts'
import type { May } from './standing-words.ts'
import {
  clauseMark,
  labelOf,
  ownView,
  placeTitle,
  roleTitle,
  roleTitles,
  ruleOf,
  typedText,
  typeOf,
} from './words.ts'

type Name = (id: string | null | undefined) => string
const at = (s: Standing) => `/deployments/${s.file.deployment.id}/sound`

/** What a deployment's sound is at present, in a few words. */
export function soundWords({ file, pack }: Standing, nowMs: number): string {
  const on = file.mandates.find((m) => m.ended === null && m.audioUntilMs !== null && nowMs < m.audioUntilMs)
  if (on)
    return `On until the end of ${dayWords(file.sound?.untilDay ?? civilDay(on.audioUntilMs! - 1, file.deployment.timeZone))}`
  const { sound } = file
  if (sound === null || sound.ended !== null) return 'Off'
  return agreedSound(pack, file) === null ? 'Off, and asked for' : 'Off until the signs say so'
}

export function soundPage(
  view: View,
  standing: Standing,
  extra: {
    readonly may: May
    readonly nowMs: number
    readonly name: Name
    /** Of the person's own roles, those that decide on sound. */
    readonly deciderRoles: readonly string[]
  },
): Page {
  const { file, pack } = standing
  const { deployment: d, sound } = file
  const type = typeOf(pack, d.type)
  const allowed = type?.audio.value === 'off-unless-approved'
  const open = sound !== null && sound.ended === null ? sound : null
  const on = file.mandates.some(
    (m) => m.ended === null && m.audioUntilMs !== null && extra.nowMs < m.audioUntilMs,
  )
  return {
    title: 'Sound',
    back: { href: `/deployments/${d.id}`, text: `${d.reference}: ${file.camera.label}` },
    body: html`${marks.heading({
      title: 'Sound',
      caption: `${d.reference} · ${placeTitle(file)}`,
      lead: 'A camera hears nothing unless people have agreed to it, for a reason and for a time.',
      state: on
        ? marks.stateTag('attention', soundWords(standing, extra.nowMs))
        : marks.stateTag(open ? 'waiting' : 'stopped', soundWords(standing, extra.nowMs)),
    })}${type ? ruleOf(pack, type.audio, allowed ? 'no sound unless people agree to it' : 'no sound at all') : null}${
      open
        ? html`${shown(standing, open, extra.name)}${steps(standing, open)}${decideForm(view, standing, open, extra.deciderRoles)}${c.form(
            {
              view: { ...view, refused: null },
              action: `${at(standing)}/end`,
              body: c.button({
                text: on ? 'End sound now' : 'Take the request back',
                kind: on ? 'warning' : 'secondary',
              }),
            },
          )}`
        : html`${sound ? ended(standing, sound, extra.name) : null}${
            allowed && extra.may.propose && d.ended === null
              ? askForm(view, standing, extra.nowMs)
              : allowed
                ? marks.paragraph('Nobody asks for it now.')
                : marks.paragraph('Nobody can switch it on here.')
          }`
    }`,
  }
}

function shown({ file, pack }: Standing, sound: Sound, name: Name): Html {
  const { timeZone } = file.deployment
  return c.summaryList({
    rows: [
      { key: 'Why pictures alone will not do', value: typedText(sound.reason) },
      { key: 'Purposes', value: sound.purposes.map((p) => labelOf(pack.values.purposes, p)).join('; ') },
      { key: 'Last day', value: dayWords(sound.untilDay) },
      { key: 'Asked by', value: html`${name(sound.askedBy)}, ${moment(sound.askedMs, timeZone)}` },
      ...sound.decisions.map((one) => ({
        key: `${one.decision === 'approve' ? 'Agreed' : 'Refused'}: ${roleTitle(pack, one.role)}`,
        value: html`${name(one.by)}, ${moment(one.atMs, timeZone)}<br>“${typedText(one.reason)}”`,
      })),
    ],
  })
}

function steps(standing: Standing, sound: Sound): Html {
  const { file, pack } = standing
  const waits = soundWaitsFor(pack, sound)
  const dpia = file.dpias.find(
    (p) => p.decision?.outcome === 'accepted' && p.submittedMs !== null && p.submittedMs > sound.askedMs,
  )
  const line = (title: string, done: boolean, hint: string, href?: string) => ({
    title,
    hint,
    status: done ? marks.stateTag('lawful', 'Done') : marks.stateTag('waiting', 'To do'),
    ...(href && !done ? { href } : {}),
  })
  return html`${marks.h2('Before it begins')}${c.taskList([
    line(
      'The assessment, written again with sound in it',
      dpia !== undefined,
      'Sent after sound was asked for, and accepted.',
      `/deployments/${file.deployment.id}/dpia`,
    ),
    line(
      'Agreement',
      waits.length === 0,
      waits.length === 0
        ? 'Everybody named has agreed.'
        : `Waits for: ${roleTitles(pack, waits).replaceAll(' or ', ' and ')}`,
    ),
    line(
      'Signs that say so',
      waits.length === 0 && signsSaySound(standing),
      'New signs hang, each with its photo, before the first sound.',
      `/deployments/${file.deployment.id}/install#signs`,
    ),
  ])}`
}

function decideForm(view: View, standing: Standing, sound: Sound, roles: readonly string[]): Html | null {
  const { pack } = standing
  const mine = roles.filter((role) => soundWaitsFor(pack, sound).includes(role))
  if (mine.length === 0) return null
  const own = ownView(view, `${at(standing)}/decide`)
  return html`${marks.h2('Decide')}${c.form({
    view: own,
    action: `${at(standing)}/decide`,
    body: html`${
      mine.length === 1
        ? html`${c.hidden('role', mine[0]!)}<p class="govuk-body">You decide as <strong>${roleTitle(pack, mine[0]!)}</strong>. ${clauseMark(pack, pack.values.sound.approvals.find((a) => a.role === mine[0])?.clause ?? null)}</p>`
        : c.radios({
            name: 'role',
            label: 'You decide as',
            labelSize: 's',
            view: own,
            choices: mine.map((role) => ({ value: role, text: roleTitle(pack, role) })),
          })
    }${c.radios({
      name: 'decision',
      label: 'Your decision',
      labelSize: 's',
      view: own,
      choices: [
        { value: 'approve', text: 'I agree to sound until that day' },
        { value: 'refuse', text: 'I refuse it', hint: 'The camera goes on without sound.' },
      ],
    })}${c.textarea({ name: 'reason', label: 'Your reasons', labelSize: 's', view: own, rows: 3, maxlength: 4000 })}${c.button({ text: 'Decide' })}`,
  })}`
}

function ended({ file }: Standing, sound: Sound, name: Name): Html | null {
  if (sound.ended === null) return null
  const words = {
    expired: 'Its last day was over.',
    withdrawn: `${name(sound.ended.by)} ended it.`,
    refused: `${name(sound.ended.by)} refused it.`,
  }
  return marks.card({
    state: 'stopped',
    title: 'Sound has ended',
    body: html`<p class="govuk-body">${moment(sound.ended.atMs, file.deployment.timeZone, true)}. ${words[sound.ended.cause]}</p>`,
  })
}

function askForm(view: View, standing: Standing, nowMs: number): Html {
  const { pack, file } = standing
  const { deployment: d } = file
  const rules = pack.values.sound
  const own = ownView(view, `${at(standing)}/ask`)
  const fit = pack.values.purposes.filter(
    (p) => rules.purposes.value.includes(p.code) && d.purposes.includes(p.code),
  )
  if (fit.length === 0)
    return c.insetText('This camera has none of the purposes for which the policy allows sound.')
  const last = addDays(civilDay(nowMs, d.timeZone), rules.daysMax.value - 1)
  return html`${marks.h2('Ask for sound')}${c.form({
    view: own,
    action: `${at(standing)}/ask`,
    body: html`${c.checkboxes({
      name: 'purposes',
      label: 'What for?',
      labelSize: 's',
      view: own,
      values: fit.length === 1 ? [fit[0]!.code] : [],
      choices: fit.map((p) => ({ value: p.code, text: p.label })),
    })}${ruleOf(pack, rules.purposes, 'only these purposes')}${c.textarea({ name: 'reason', label: 'Why will pictures alone not do?', labelSize: 's', view: own, rows: 4, maxlength: 4000 })}${c.dateInput({ name: 'untilDay', label: 'Last day with sound', labelSize: 's', hint: `At most ${rules.daysMax.value} days. It ends by itself.`, view: own, value: d.untilDay === null || last < d.untilDay ? last : d.untilDay })}${ruleOf(pack, rules.daysMax, `${rules.daysMax.value} days`)}${c.button({ text: 'Ask for sound' })}`,
  })}`
}
