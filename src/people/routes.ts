/** All rows of people. */
import type { Route } from '#web/web.ts'
import { accountRoutes } from './pages/account.ts'
import { accountsRoutes } from './pages/accounts.ts'
import { conflictRoutes } from './pages/conflicts.ts'
import { deputyRoutes } from './pages/deputies.ts'
import { engineerRoutes } from './pages/engineers.ts'
import { mailRoutes } from './pages/mail.ts'
import { secondStepRoutes } from './pages/second-step.ts'
import { setupRoutes } from './pages/setup.ts'
import { signInRoutes } from './pages/sign-in.ts'
import { unusualRoutes } from './pages/unusual.ts'
import type { PeopleParts } from './parts.ts'

export const peopleRoutes = (parts: PeopleParts, publicUrl: string | null): readonly Route[] => [
  ...signInRoutes(parts),
  ...setupRoutes(parts),
  ...accountRoutes(parts),
  ...mailRoutes(parts),
  ...secondStepRoutes(parts),
  ...accountsRoutes(parts, publicUrl),
  ...engineerRoutes(parts, publicUrl),
  ...deputyRoutes(parts),
  ...conflictRoutes(parts),
  ...unusualRoutes(parts),
]
