-- A system may keep less than the policy allows: as long as its purpose needs (UK GDPR Art 5(1)(e)). Never more.

alter table register.system
  add column retention_days integer check (retention_days between 1 and 3660),
  add column retention_from date,
  add constraint system_retention_since check ((retention_days is null) = (retention_from is null));

comment on column register.system.retention_days is
  'Days for which its pictures are kept, where these are fewer than the policy allows; null: as many as the policy says.';
comment on column register.system.retention_from is
  'Civil day at its site from which on these days hold for what is recorded.';
