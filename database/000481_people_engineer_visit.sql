-- One notion of an engineer's time: the supplier's visit in the register. The row says which role an account has for it.
-- Rows from before, without a visit, open nothing any more.
comment on table people.engineer is
  'Which account an engineer from outside has for a planned visit, and in which role. It is open only while that visit goes on.';
comment on column people.engineer.visit is 'Id of the supplier''s visit in the register, which says where and when. Null: from before visits were asked for; opens nothing.';
comment on column people.engineer.sites is 'The place of the visit when the account was given; the visit''s own place counts.';
comment on column people.engineer.supervisor_id is 'Who was to stay with them when the account was given; the visit says who does now.';
comment on column people.engineer.from_at is 'As planned when the account was given; it opens when they are let in at the place.';
comment on column people.engineer.until is 'As planned when the account was given: the latest end.';
comment on column people.engineer.ended_at is 'Put out before the visit''s end. Null: nobody did.';
create index engineer_of_visit on people.engineer (visit);
