/** On every page: the behaviour of GOV.UK's own components, and nothing else. Every page works without it. */
import {
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
  Tabs,
} from 'govuk-frontend'

const components = [
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
  Tabs,
] as const

for (const Component of components) {
  for (const root of document.querySelectorAll(`[data-module="${Component.moduleName}"]`)) new Component(root)
}
