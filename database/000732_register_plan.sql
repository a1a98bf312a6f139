-- A plan of a site: where each camera hangs, how far and how wide it sees, and what of that is private. All lengths are
-- metres from the upper left corner of the picture.
create table register.plan (
  id uuid primary key,
  site_id uuid not null references register.site,
  picture_id uuid not null references register.attachment,
  -- How many metres of the place the picture shows from edge to edge, and from top to bottom.
  width_m double precision not null check (width_m between 1 and 5000),
  height_m double precision not null check (height_m between 0.1 and 50000),
  uploaded_by uuid not null,
  uploaded_at timestamptz not null,
  -- Null while it is the site's plan. What was drawn on an older one counts no more.
  replaced_at timestamptz
);
create unique index plan_one_current on register.plan (site_id) where replaced_at is null;
comment on table register.plan is 'A picture of a site from above, with its scale.';

create table register.plan_camera (
  plan_id uuid not null references register.plan,
  camera_id uuid not null references register.camera,
  x_m double precision not null,
  y_m double precision not null,
  -- Degrees clockwise from the top of the picture.
  direction double precision not null check (direction >= 0 and direction < 360),
  -- Of the whole view, edge to edge; 360: a dome that turns.
  angle double precision not null check (angle between 5 and 360),
  range_m double precision not null check (range_m between 0.5 and 500),
  -- Grows with every change: leave and masks were for one view.
  version integer not null default 1,
  -- The camera's aim when it was drawn: one that is re-aimed is drawn again.
  aim_version integer not null,
  placed_by uuid not null,
  placed_at timestamptz not null,
  primary key (plan_id, camera_id)
);
create index plan_camera_by_camera on register.plan_camera (camera_id);
comment on table register.plan_camera is 'Where a camera hangs on a plan and what it sees of it.';

create table register.plan_area (
  id uuid primary key,
  plan_id uuid not null references register.plan,
  name text not null check (length(name) between 1 and 100),
  -- A wall, fence or hedge is no conflict unless somebody can be seen through it.
  kind text not null check (kind in ('private-property', 'private-room', 'neighbour-window', 'shared', 'wall')),
  see_through boolean not null default false,
  -- [[x, y], …]: three to forty corners.
  corners jsonb not null check (jsonb_typeof(corners) = 'array' and jsonb_array_length(corners) between 3 and 40),
  marked_by uuid not null,
  marked_at timestamptz not null,
  -- Null while it counts.
  removed_at timestamptz,
  check (not see_through or kind = 'wall')
);
create index plan_area_by_plan on register.plan_area (plan_id) where removed_at is null;
comment on table register.plan_area is 'A part of a plan, and whether it is private.';

-- Why a camera may see something private: whose it is agreed in writing, or the camera itself hides it.
create table register.view_settlement (
  id uuid primary key,
  camera_id uuid not null references register.camera,
  area_id uuid not null references register.plan_area,
  -- The view that it was given for.
  view_version integer not null,
  way text not null check (way in ('permission', 'camera-mask')),
  -- Day on the paper, or on which the masked picture was taken.
  given_on date not null,
  -- Who agreed, or how the mask was set; personal, never in the ledger's leaf.
  note text not null check (length(note) between 1 and 500),
  -- A picture of the signed paper, or of what the camera shows with its mask.
  proof_id uuid not null references register.attachment,
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  -- Set when the owner takes leave back, or the mask is gone.
  withdrawn_at timestamptz
);
create unique index view_settlement_one on register.view_settlement (camera_id, area_id, view_version) where withdrawn_at is null;
comment on table register.view_settlement is 'Leave in writing, or a mask in the camera itself, for a view that meets something private.';
