//! What a form needs besides what was entered: the case, and the lists to choose from.

use crate::acts::sample::{self, Sample};
use crate::case::{Case, Supervision};
use crate::ctx::Ctx;
use crate::model::Request;
use crate::pages::eye::{Eye, names};
use crate::pages::work::act::{self, Act, Offer};
use crate::pages::work::propose;
use crate::staff;
use crate::store::{desk, duties, own};
use kernel::{AccountId, Result, UnitId};
use web::Look;

/// A case on the bench, for one act.
pub(crate) struct Bench {
    pub(crate) eye: Eye,
    pub(crate) act: Act,
    pub(crate) case: Case,
    /// What whoever looks can do now.
    pub(crate) offers: Vec<Offer>,
    /// Steps that are open, by the machine's word.
    pub(crate) open: Vec<rules::case::Choice>,
    /// Who can answer for it.
    pub(crate) officers: Vec<(AccountId, String)>,
    /// The reader's own wordings.
    pub(crate) own: Vec<(String, String)>,
    /// The unit that the class and the place suggest.
    pub(crate) proposed: Option<UnitId>,
    /// Supervision, proposed and in force.
    pub(crate) supervisions: Vec<Supervision>,
    /// What was drawn by lot to be asked again, and waits for the reader to ask.
    pub(crate) sample: Option<Sample>,
    /// Open cases of the same class and place.
    pub(crate) alike: Vec<Request>,
}

impl Bench {
    /// The case with this number, for one act.
    pub(crate) async fn load(ctx: &Ctx, look: &Look, number: &str, act: Act) -> Result<Bench> {
        let (number, look) = (number.to_owned(), look.clone());
        ctx.read(move |tx, ctx| {
            let case = Case::find_number(tx, ctx, &number)?;
            let officers = match act {
                Act::Officer => staff::officers_for(tx, ctx, case.row.unit, case.shield.as_ref())?,
                _ => Vec::new(),
            };
            let own = match (act, ctx.account()) {
                (Act::Answer, Some(me)) => {
                    own::templates(tx, me)?.into_iter().map(|t| (t.name, t.what)).collect()
                }
                _ => Vec::new(),
            };
            let alike = match act {
                Act::Merge => desk::alike(tx, ctx, &case.row)?,
                _ => Vec::new(),
            };
            let offers = act::offers(tx, ctx, &case)?;
            let known = names(tx, case.row.officer)?;
            Ok(Bench {
                eye: Eye::new(&look, ctx).with_names(known),
                act,
                offers,
                open: act::choices(ctx, &case)?,
                officers,
                own,
                proposed: propose::for_case(ctx, &case),
                supervisions: duties::supervisions(tx, case.row.id)?,
                sample: sample::waiting(tx, ctx, &case)?,
                alike,
                case,
            })
        })
        .await
    }

    /// The offer of this act, where there is one.
    pub(crate) fn offer(&self) -> Option<&Offer> {
        self.offers.iter().find(|o| o.act == self.act)
    }

    /// Whether a step is open with nothing in its way.
    pub(crate) fn can(&self, verb: rules::case::Verb) -> bool {
        self.open.iter().any(|c| c.verb == verb && c.blocked_by.is_empty())
    }
}
