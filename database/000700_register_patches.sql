-- Patches: the part of an area that one person looks after; and places that the landlord's policy doesn't cover.
create table register.patch (
  id uuid primary key,
  provider text not null,
  name text not null check (length(name) between 1 and 100),
  -- The area it lies in, as roles name it; null: the landlord has no areas.
  area text check (length(area) between 1 and 100),
  -- Who looks after it; null: nobody yet.
  manager_id uuid,
  created_at timestamptz not null,
  created_by uuid not null,
  version integer not null default 1,
  unique (provider, name),
  unique (id, provider)
);
comment on table register.patch is 'The part of an area that one person looks after; sites lie in it.';
comment on column register.patch.manager_id is 'Who looks after it; null: nobody yet, which is shown and chased.';

alter table register.site
  add column patch_id uuid,
  add column out_of_scope text check (length(out_of_scope) between 1 and 500),
  add foreign key (patch_id, provider) references register.patch (id, provider);
create index site_by_patch on register.site (patch_id) where patch_id is not null;
comment on column register.site.out_of_scope is
  'Why the landlord''s CCTV policy doesn''t cover this place; null: it does. No camera is asked for where it is set.';
