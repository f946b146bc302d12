-- What a careful analyst would write in DuckDB for the same counting windows and hour checks, over the same Parquet.
-- {records} is the folder. Days and instants are integers, which is DuckDB's fastest way to range windows.
with contact as (
  select c.contact_id, c.case_id, c.channel, c.outcome, c.party, c.talk_seconds, c.to_number, c.creditor, c.account_id,
         a.region[:2] as land, c.direction = 'outbound' as sent, c.channel in ('call', 'ai_call') as rings,
         c.channel in ('call', 'ai_call', 'voicemail') as dials, epoch_us(c."at") as instant,
         timezone(a.zone, c."at") as clock
  from '{records}/contacts.parquet' c join '{records}/accounts.parquet' a using (case_id)
),
dated as (
  select *, cast(epoch(date_trunc('day', clock)) as bigint) // 86400 as on_day,
         cast(epoch(clock) as bigint) % 86400 as second, dayofweek(clock) as weekday
  from contact
),
counted as (
  select land, sent, rings, dials, channel, outcome, party, talk_seconds, second, on_day,
    count(*) filter (sent and rings and outcome = 'connected' and party = 'debtor' and talk_seconds >= 30) over a_day as effective,
    count(*) filter (sent and rings and outcome = 'connected' and party = 'debtor' and talk_seconds > 0) over a_day as connected,
    count(*) filter (sent and rings and party = 'debtor') over a_day as dense,
    count(*) filter (sent and channel in ('sms', 'im')) over a_day as messages,
    count(*) filter (sent and channel in ('sms', 'im', 'email')) over a_day as written,
    count(*) filter (sent and rings and party = 'workplace') over a_day as at_work,
    count(*) filter (sent and rings and outcome in ('no_answer', 'busy', 'not_in_service', 'rejected') and party = 'debtor') over number_day as unanswered,
    count(*) filter (sent and rings and party in ('third_party', 'agreed_contact', 'spouse')) over number_day as third,
    count(*) filter (sent and channel = 'sms') over a_minute as burst,
    count(*) filter (sent and rings) over ten_minutes as bombing,
    count(*) filter (sent and dials and outcome in ('no_answer', 'voicemail', 'rejected')) over six_minutes as rapid,
    count(*) filter (sent and dials and outcome not in ('busy', 'not_in_service')) over person_day as concentrated,
    count(*) filter (sent and dials and party in ('debtor', 'spouse', 'guarantor') and outcome not in ('busy', 'not_in_service')) over seven_days as seven,
    count(*) filter (sent and dials and party in ('debtor', 'spouse', 'guarantor') and outcome not in ('busy', 'not_in_service') and weekday = 0) over seven_days as sundays,
    count(*) filter (sent and dials and party in ('third_party', 'workplace', 'agreed_contact', 'minor') and outcome not in ('busy', 'not_in_service')) over others_days as seven_others
  from dated
  window
    a_day as (partition by case_id, on_day order by instant),
    number_day as (partition by case_id, to_number, on_day order by instant),
    person_day as (partition by case_id, party, account_id, on_day order by instant),
    a_minute as (partition by case_id, creditor order by instant range between 59999999 preceding and current row),
    ten_minutes as (partition by case_id, to_number order by instant range between 599999999 preceding and current row),
    six_minutes as (partition by case_id, to_number order by instant range between 359999999 preceding and current row),
    seven_days as (partition by case_id, party, account_id order by on_day range between 6 preceding and current row),
    others_days as (partition by case_id, party, to_number, account_id order by on_day range between 6 preceding and current row)
)
select
  count(*) filter (land = 'CN' and sent and rings and outcome = 'connected' and party = 'debtor' and talk_seconds >= 30 and effective > 3) as "cn-three-effective-calls",
  count(*) filter (land = 'CN' and sent and rings and outcome in ('no_answer', 'busy', 'not_in_service', 'rejected') and party = 'debtor' and unanswered > 6) as "cn-six-unanswered-attempts",
  count(*) filter (land = 'US' and sent and dials and party in ('debtor', 'spouse', 'guarantor') and outcome not in ('busy', 'not_in_service') and seven > 7) as "us-fed-seven-in-seven",
  count(*) filter (land = 'CN' and sent and (second >= 79200 or second < 28800)) as "cn-quiet-hours",
  count(*) filter (land = 'CN' and sent and channel in ('call', 'ai_call', 'visit') and second between 68400 and 79199 and second + talk_seconds >= 79200) as "cn-call-into-quiet-hours",
  count(*) filter (land = 'US' and sent and channel not in ('letter', 'post') and party in ('debtor', 'spouse', 'guarantor') and (second > 75600 or second < 28800)) as "us-fed-hours",
  count(*) filter (connected > 3 or dense >= 10 or messages >= 10 or written >= 5 or at_work > 1 or third >= 3 or burst >= 3 or bombing >= 6 or rapid >= 2 or concentrated >= 6 or seven_others > 7 or sundays >= 3) as others
from counted
