//! Taking in 受理登记: one number, one case, whatever the channel.

use crate::case::Case;
use crate::ctx::Ctx;
use crate::model::{Audience, Point, PublicState, Request};
use crate::notices::{self, Told};
use crate::step::{above, entry, salt};
use crate::store::{clocks, request};
use crate::{clock, staff, tally};
use access::identity::{self, NewPerson};
use access::{Noun, Verb};
use db::Tx;
use journal::NewEvent;
use kernel::{Error, FieldError, PersonId, RequestId, Result, Say, Timestamp, UnitId};
use pack::{Class, Moderation, PlaceNeed};
use rules::case::{ClockKind, Facts, Kind, State, Urgency};
use rules::number::{QueryCode, RequestNumber};
use serde_json::json;
use std::collections::BTreeMap;

/// The longest title, in characters.
pub const TITLE_MAX: usize = 60;
/// The longest text, in characters.
pub const BODY_MAX: usize = 8_000;

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct NewRequest {
    /// Made when the form was opened, so that a repeated upload is the same case.
    pub id: RequestId,
    /// The way it came in: a channel of the pack.
    pub channel: String,
    /// Class code; `""` where nobody could say, for triage to settle.
    pub class: String,
    /// What kind of need; the class's own where nobody said.
    pub kind: Option<Kind>,
    /// How soon; the class's own where nobody said.
    pub urgency: Option<Urgency>,
    /// In a few words; made from the text where left out.
    pub title: String,
    /// In the person's words.
    pub body: String,
    /// Answers to the class's own questions, as they came from the form.
    pub answers: BTreeMap<String, Vec<String>>,
    /// Whether the class's own questions could be put. At a meeting or in a letter they cannot; then they
    /// stay open for whoever handles it.
    pub asked: bool,
    /// The unit or grid it is about.
    pub place: Option<UnitId>,
    /// The place in words.
    pub place_text: String,
    /// The point on the map.
    pub point: Option<Point>,
    /// Who asks, as far as they said.
    pub person: NewPerson,
    /// The unit that receives it; found from the place where left out.
    pub first_unit: Option<UnitId>,
    /// When it was received.
    pub received_at: Timestamp,
    /// How the person was told that it is registered.
    pub told: Told,
    /// Files that came with it, already on disk.
    pub files: Vec<crate::uploads::Upload>,
}

impl NewRequest {
    /// An empty request that came in by `channel` now.
    pub fn new(ctx: &Ctx, channel: &str) -> NewRequest {
        NewRequest {
            id: RequestId::new(ctx.at, &*ctx.site.chance),
            channel: channel.to_owned(),
            class: String::new(),
            kind: None,
            urgency: None,
            title: String::new(),
            body: String::new(),
            answers: BTreeMap::new(),
            asked: true,
            place: None,
            place_text: String::new(),
            point: None,
            person: NewPerson::default(),
            first_unit: None,
            received_at: ctx.at,
            told: Told::No,
            files: Vec::new(),
        }
    }
}

/// What the person is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The case.
    pub id: RequestId,
    /// Its number.
    pub number: String,
    /// The query code.
    pub code: String,
    /// By when an answer is promised.
    pub due: Option<Timestamp>,
}

/// Takes a request in. The same id again gives back what the first time gave.
///
/// Errors: [`Error::Invalid`] with every faulty field; nothing is written then.
pub fn register(tx: &mut dyn Tx, ctx: &Ctx, new: &NewRequest) -> Result<Registered> {
    if let Some(row) = request::by_id(tx, new.id)? {
        return Ok(receipt(&row));
    }
    let valid = validate(ctx, new)?;
    let first_unit = valid.first_unit;
    let staffed = ctx.scope.account().is_some();
    let verb = if staffed { Verb::Register } else { Verb::Submit };
    access::demand(&ctx.scope, verb, Noun::Request, ctx.path(first_unit))?;

    let person = named(&new.person).then(|| PersonId::new(ctx.at, &*ctx.site.chance));
    if let Some(id) = person {
        let who = NewPerson { id: Some(id), at: ctx.at, ..new.person.clone() };
        identity::put(tx, &ctx.site.secret, &who)?;
    }
    let class = valid.class;
    let number = number(tx, ctx, first_unit, new.received_at)?;
    let own = new.person.name.iter();
    let masked = (for_all(&valid.title, own.clone()), for_all(&valid.body, own));
    let row = Request {
        id: new.id,
        number,
        code: QueryCode::draw(&*ctx.site.chance).into(),
        kind: new.kind.or(class.map(|c| c.kind)).unwrap_or(Kind::Help),
        channel: new.channel.clone(),
        class: new.class.clone(),
        track: class.map_or("standard", |c| c.track.as_str()).to_owned(),
        pack: format!("{} {}", ctx.site.pack.id, ctx.site.pack.version),
        urgency: new.urgency.or(class.map(|c| c.urgency)).unwrap_or(Urgency::Ordinary),
        title: valid.title,
        body: valid.body,
        answers: valid.answers,
        place: new.place,
        place_text: new.place_text.trim().to_owned(),
        point: new.point,
        person,
        state: class.and_then(|c| ctx.site.pack.track(&c.track)).map_or(State::Registered, |t| t.start),
        first_unit,
        unit: first_unit,
        officer: staff::duty_officer(tx, ctx, first_unit)?,
        received_at: new.received_at,
        first_due: None,
        answer_due: None,
        step_due: None,
        answered_at: None,
        ended_at: None,
        answer: None,
        unsolvable: false,
        word: None,
        satisfaction: None,
        returns: 0,
        reworks: 0,
        extensions: 0,
        decided: false,
        supervised: 0,
        public_state: public_state(ctx, class),
        public_title: masked.0,
        public_body: masked.1,
        merged_into: None,
        history: false,
        source: String::new(),
        seq: 0,
        head: Vec::new(),
    };
    let case = write(tx, ctx, row, new)?;
    Ok(receipt(&case.row))
}

/// Writes a new row with everything that belongs to its first moment.
fn write(tx: &mut dyn Tx, ctx: &Ctx, row: Request, new: &NewRequest) -> Result<Case> {
    let facts = Facts::new(row.state);
    let mut case = Case {
        row,
        facts,
        clocks: Vec::new(),
        notices: Vec::new(),
        helpers: Vec::new(),
        joined: Vec::new(),
        attempts: Vec::new(),
    };
    let track = case.track(ctx)?;
    let owner_clock = track.step(track.start).and_then(|s| s.clock);
    for kind in &track.begin.starts {
        clock::start(tx, ctx, &mut case, *kind, new.received_at)?;
    }
    let due = |kind: Option<ClockKind>| kind.and_then(|k| case.open_clock(k)).map(|c| c.due_at);
    let (answer, step) = (due(Some(ClockKind::Answer)), due(owner_clock));
    (case.row.first_due, case.row.answer_due, case.row.step_due) = (answer, answer, step);

    let salt = salt(ctx);
    let payload = payload(&case.row, &salt);
    let event = NewEvent {
        stream_kind: "request",
        stream: case.row.id.0,
        at: ctx.at,
        actor: &ctx.scope.actor,
        kind: "register",
        payload,
    };
    let stored = journal::append_first(tx, &event)?;
    case.row.seq = stored.seq;
    case.row.head = stored.hash.to_vec();
    request::insert(tx, &case.row)?;
    let units = above(ctx, case.row.unit);
    request::reach(tx, &case.row, &units)?;
    request::set_tokens(tx, case.row.id, &tokens(ctx, &case.row), true)?;
    let data = json!({ "channel": case.row.channel, "salt": hex::encode(salt) });
    clocks::insert_entry(tx, case.row.id, &entry(ctx, &case, "register", Audience::Person, "", data))?;
    crate::uploads::attach(tx, ctx, case.row.id, &new.files)?;
    let person = case.row.person;
    for notice in &track.begin.notices {
        notices::owe_to(tx, ctx, &mut case, *notice, person, new.told)?;
    }
    tally::first(tx, ctx, &case.row)?;
    Ok(case)
}

/// What the journal says of a new case.
pub(crate) fn payload(row: &Request, salt: &[u8; 16]) -> serde_json::Value {
    json!({
        "number": row.number,
        "channel": row.channel,
        "class": row.class,
        "kind": row.kind.key(),
        "unit": row.unit.to_string(),
        "due": row.answer_due.map(|t| t.0),
        "text": journal::commitment(salt, &row.body),
    })
}

fn receipt(row: &Request) -> Registered {
    Registered { id: row.id, number: row.number.clone(), code: row.code.clone(), due: row.answer_due }
}

/// By which words a case is found: number, title, text, place and the names of class and place.
pub(crate) fn tokens(ctx: &Ctx, row: &Request) -> String {
    let place = row.place.and_then(|p| ctx.dir.get(p)).map(|u| u.name.zh.as_str()).unwrap_or("");
    let class = ctx.site.pack.class(&row.class).map(|c| c.name.zh.as_str()).unwrap_or("");
    let text = [row.number.as_str(), &row.title, &row.body, &row.place_text, place, class].join("\n");
    rules::search::index_tokens(&text)
}

pub(crate) fn public_state(ctx: &Ctx, class: Option<&Class>) -> PublicState {
    match class.map_or(ctx.site.pack.public_ledger.default, |c| c.moderation) {
        Moderation::Auto => PublicState::Shown,
        Moderation::Look => PublicState::Waiting,
        Moderation::Never => PublicState::Never,
    }
}

/// The next number: the series is that of the unit right below the root under which it was received,
/// so that units do not wait for one another, and within a series no number is left out.
pub(crate) fn number(tx: &mut dyn Tx, ctx: &Ctx, unit: UnitId, at: Timestamp) -> Result<String> {
    let series = series(ctx, unit);
    let year = ctx.site.zone.date(at).year();
    let n = request::next_number(tx, &series, i64::from(year))?;
    let seq = u32::try_from(n).map_err(Error::internal)?;
    Ok(RequestNumber::new(&series, year, seq).map_err(Error::internal)?.to_string())
}

/// The pack's prefix, and letters for the unit right below the root, so that numbers can be read
/// without their dashes: unit 3 of the county with prefix `YQ` numbers `YQC`.
pub(crate) fn series(ctx: &Ctx, unit: UnitId) -> String {
    let prefix = &ctx.site.pack.site.number_prefix;
    let mut codes = ctx.path(unit).split('/').filter(|c| !c.is_empty());
    let root = codes.next().unwrap_or("");
    let Some(code) = codes.next() else { return prefix.clone() };
    // Codes of units mostly begin with that of the unit above.
    let own = code.strip_prefix(root).unwrap_or(code);
    let letters = match own.parse::<u32>() {
        Ok(n) => letters(n),
        Err(_) => own.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_uppercase()).collect(),
    };
    prefix.chars().chain(letters.chars()).take(8).collect()
}

/// 1 is `A`, 26 `Z`, 27 `AA`.
fn letters(mut n: u32) -> String {
    let mut out = Vec::new();
    while n > 0 {
        n -= 1;
        out.push(char::from(b'A' + (n % 26) as u8));
        n /= 26;
    }
    out.iter().rev().collect()
}

pub(crate) fn named(p: &NewPerson) -> bool {
    [&p.name, &p.phone, &p.address, &p.idno]
        .into_iter()
        .any(|f| f.as_deref().is_some_and(|t| !t.trim().is_empty()))
}

/// Every fault of the input, each beside its field, before anything is written.
///
/// Errors: [`Error::Invalid`] with all of them.
pub(crate) fn check(ctx: &Ctx, new: &NewRequest) -> Result<()> {
    validate(ctx, new).map(drop)
}

struct Valid<'a> {
    title: String,
    body: String,
    answers: serde_json::Value,
    class: Option<&'a Class>,
    first_unit: UnitId,
}

/// Every fault of the input at once, each beside its field.
fn validate<'a>(ctx: &'a Ctx, new: &NewRequest) -> Result<Valid<'a>> {
    let mut faults: Vec<FieldError> = Vec::new();
    let mut fault = |field: &str, zh: String, en: String| {
        faults.push(FieldError { field: field.to_owned(), say: Say::new(zh, en) });
    };
    let pack = &ctx.site.pack;
    let body = new.body.trim().to_owned();
    if body.is_empty() {
        fault("body", "请说说要办什么事。".into(), "Please say what is needed.".into());
    } else if body.chars().count() > BODY_MAX {
        fault(
            "body",
            format!("内容太长,最多 {BODY_MAX} 字,可以把材料作为附件上传。"),
            format!("Too long: at most {BODY_MAX} characters. Longer material can be attached as a file."),
        );
    }
    let title = if new.title.trim().is_empty() { headline(&body) } else { new.title.trim().to_owned() };
    if title.chars().count() > TITLE_MAX {
        fault(
            "title",
            format!("标题最多 {TITLE_MAX} 字。"),
            format!("The title has at most {TITLE_MAX} characters."),
        );
    }
    let class = pack.class(&new.class);
    if !new.class.is_empty() && !class.is_some_and(Class::is_leaf) {
        fault("class", "请选到第三级分类。".into(), "Please choose a class of the third level.".into());
    }
    if let Some(stop) = class.and_then(|c| c.stop.as_ref()).filter(|s| !s.may_go_on) {
        fault("class", stop.text.zh.clone(), stop.text.en.clone());
    }
    let needs_place = class.is_some_and(|c| c.place == PlaceNeed::Required);
    if needs_place && new.place.is_none() && new.place_text.trim().is_empty() && new.point.is_none() {
        fault("place", "请告诉我们在哪里。".into(), "Please tell us where.".into());
    }
    if new.place.is_some_and(|p| ctx.dir.get(p).is_none()) {
        fault(
            "place",
            "没有这个地点,请重新选择。".into(),
            "There is no such place; please choose again.".into(),
        );
    }
    if let Some(phone) = new.person.phone.as_deref().filter(|p| !p.trim().is_empty()) {
        if identity::normal_phone(phone).is_none() {
            fault("phone", "电话号码不完整,请检查。".into(), "The telephone number is not complete.".into());
        }
    }
    if class.is_some_and(|c| c.visit)
        && new.person.address.as_deref().is_none_or(|a| a.trim().is_empty())
        && new.place_text.trim().is_empty()
        && new.place.is_none()
    {
        fault(
            "address",
            "这类事项要上门,请留下地址。".into(),
            "This needs a visit: please leave an address.".into(),
        );
    }
    let mut answers = serde_json::Value::Object(Default::default());
    if let Some(form) = pack.form_of(&new.class).filter(|_| new.asked) {
        match rules::form::validate(form, &new.answers) {
            Ok(clean) => answers = serde_json::to_value(clean).map_err(Error::internal)?,
            Err(more) => faults.extend(more),
        }
    }
    let first_unit = new.first_unit.or_else(|| receiving_unit(ctx, new.place));
    match first_unit {
        Some(first_unit) if faults.is_empty() => Ok(Valid { title, body, answers, class, first_unit }),
        None if faults.is_empty() => Err(Error::internal("the register has no unit to receive requests")),
        _ => Err(Error::Invalid(faults)),
    }
}

/// The unit that receives what comes in from outside: the nearest centre that serves the place, the
/// site's own centre where no place is known, the root where there is none.
pub(crate) fn receiving_unit(ctx: &Ctx, place: Option<UnitId>) -> Option<UnitId> {
    let is_centre = |kind: &str| ctx.site.pack.unit_kind(kind).is_some_and(|k| k.centre);
    let root = ctx.dir.root()?.id;
    let place = place.filter(|p| ctx.dir.get(*p).is_some()).unwrap_or(root);
    let mut around = vec![place];
    around.extend(ctx.dir.ancestors(place).iter().rev().map(|u| u.id));
    around
        .into_iter()
        .find_map(|at| {
            let own = ctx.dir.get(at).filter(|u| is_centre(&u.kind));
            own.or_else(|| ctx.dir.children(at).find(|c| is_centre(&c.kind))).map(|u| u.id)
        })
        .or(Some(root))
}

/// A text as everybody may read it: masked, and without the names that we know to be of people who
/// asked, which a program cannot tell from other words.
pub(crate) fn for_all<'n>(text: &str, names: impl Iterator<Item = &'n String>) -> String {
    let mut out = rules::mask::mask(text).text;
    for name in names.map(|n| n.trim()).filter(|n| n.chars().count() > 1) {
        out = out.replace(name, rules::mask::Kind::Name.label());
    }
    out
}

/// A headline from a text: its first sentence, cut where it is long.
pub fn headline(body: &str) -> String {
    let first = body.split(['\n', '。', '!', '?', '!', '?']).map(str::trim).find(|s| !s.is_empty());
    let first = first.unwrap_or("");
    let mut out: String = first.chars().take(TITLE_MAX - 1).collect();
    if first.chars().count() >= TITLE_MAX {
        out.push('…');
    }
    out
}
