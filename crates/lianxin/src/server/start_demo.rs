//! The part of the start page that a demonstration adds: step into a role with one click.

use access::SharedSite;
use kernel::{Result, Role, Say};
use maud::{Markup, html};
use pack::Pack;
use web::Look;
use web::form::csrf_field;

/// How many persons of each role are offered.
const OFFERED: usize = 3;

/// Persons who hold a role.
#[derive(Clone, Debug)]
pub(super) struct RolePeople {
    role: Role,
    people: Vec<crate::demo::Persona>,
}

/// Two or three persons of each role.
///
/// Errors: those of the database.
pub(super) async fn people(site: &SharedSite) -> Result<Vec<RolePeople>> {
    let today = site.today();
    let all = site.db.read(move |tx| crate::demo::personas(tx, today)).await?;
    Ok(Role::ALL
        .into_iter()
        .map(|role| RolePeople {
            role,
            people: all.iter().filter(|p| p.role == role).take(OFFERED).cloned().collect(),
        })
        .filter(|r| !r.people.is_empty())
        .collect())
}

/// What a role sees and does, in a line.
fn what(role: Role) -> Say {
    match role {
        Role::Clerk => Say::new(
            "当面登记、当场办结，补办送不到的告知，替别的单位回访。",
            "Takes in at the window, settles on the spot, tells people what a message could not, calls back for other units.",
        ),
        Role::Operator => Say::new(
            "边听边记，看到来电人以前的事和附近的同类事，直接交办。",
            "Registers while listening, sees the caller's earlier cases and similar ones nearby, dispatches.",
        ),
        Role::Officer => Say::new(
            "我负责的、今天到期的、等我的，一页看完；答复、请协办、上报。",
            "What is mine, due today and waiting for me on one page; answers, asks for help, passes up.",
        ),
        Role::Liaison => Say::new(
            "我联系的户、该去走访谁，走访半分钟记好，听到的事转出去办。",
            "My households and whom to visit; notes a visit in half a minute and passes needs on.",
        ),
        Role::Lead => Say::new(
            "签收、定责任人、批延期，看本单位和下级的台账和看板。",
            "Signs for cases, names officers, grants time, sees the ledger and dashboard of the unit and below.",
        ),
        Role::Triage => {
            Say::new("把新来的事分到该办的单位。", "Finds class, course and unit for what comes in.")
        }
        Role::Supervisor => Say::new(
            "看哪里卡住了，裁定退单，发督办，复核“没解决”的。",
            "Sees what is stuck, rules on returns, supervises, reviews what people say is not solved.",
        ),
        Role::Moderator => Say::new(
            "决定公开台账上显示什么，看不到诉求人是谁。",
            "Decides what the public ledger shows, without seeing who asked.",
        ),
        Role::Auditor => Say::new("什么都能看，什么都不能改。", "Sees everything, changes nothing."),
        Role::Admin => Say::new(
            "管账号、单位和政策包，看不到诉求内容。",
            "Keeps accounts, units and the pack, and sees no case.",
        ),
    }
}

/// The section.
pub(super) fn section(look: &Look, pack: &Pack, roles: &[RolePeople]) -> Markup {
    html! {
        section.card #roles {
            h2 { (look.t("试用：换个角色看看", "Demonstration: step into a role")) }
            p.hint { (look.t(
                "这是试用站点，单位、人和诉求都是虚构的，不会给任何人发消息。点一下就以那个人的身份进入。",
                "This is a demonstration: units, people and requests are made up, and no message reaches anybody. One click signs you in as that person.")) }
            @for figure in &pack.demo.figures { p.hint { (figure.to(look.locale)) } }
            @for group in roles {
                form.wide method="post" action="/demo/enter" {
                    (csrf_field(look))
                    div.full.field {
                        h3 { (pack.role_name(group.role).to(look.locale)) }
                        p.hint { (what(group.role).to(look.locale)) }
                        div.do {
                            @for p in &group.people {
                                button.btn name="login" value=(p.login) {
                                    span { b { (p.name) } " · " (p.unit.to(look.locale)) }
                                    small.nowrap { (p.login) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
