import { functionsFound } from '#policy/policy.ts'
import type { DeviceReading } from '#register/register.ts'
import { type Html, html, marks, moment } from '#web/web.ts'
import { beyondOf } from '../device.ts'
import type { Standing } from '../evaluate.ts'
import { clauseMark } from './words.ts'

/** What the camera says that it does, each function with what it comes to, and what of it nobody agreed to. */
export function deviceCard({ file, pack }: Standing, device: DeviceReading): Html {
  const beyond = beyondOf(file, pack)
  const { timeZone } = file.deployment
  const asked = html`<span class="overt-muted">${moment(device.triedMs, timeZone, true)}</span>`
  if (device.readMs === null)
    return marks.card({
      state: 'waiting',
      title: 'What it does besides filming',
      body: html`<p class="govuk-body">${device.words} ${asked}</p>`,
    })
  const found = functionsFound(device.functions)
  return marks.card({
    state: beyond !== null && beyond.refused.length + beyond.unsaid.length > 0 ? 'attention' : 'lawful',
    title: 'What it does besides filming',
    body: html`<p class="govuk-body">${
      found.length === 0 ? 'Nothing, by its own word.' : 'By its own word:'
    } ${asked}</p>${
      found.length === 0
        ? null
        : html`<ul class="govuk-list govuk-list--bullet">${found.map((one) => html`<li>${one.name}: ${one.label}</li>`)}</ul>`
    }${beyond?.refused.map(
      (one) =>
        html`<p class="govuk-body"><strong>${one.label}: the policy rules this out.</strong> ${clauseMark(pack, one.clause)} Switch it off on the camera, then try the address again.</p>`,
    )}${beyond?.unsaid.map(
      (one) =>
        html`<p class="govuk-body"><strong>${one}: nobody asked for this.</strong> Switch it off on the camera and try the address again, or have it asked for.</p>`,
    )}${
      found.some((one) => one.technology === null)
        ? html`<p class="govuk-body">A name that does not say what it does is for a person to find out: ask the supplier.</p>`
        : null
    }${device.code === 'ok' ? null : html`<p class="govuk-body">Last time: ${device.words}</p>`}`,
  })
}
