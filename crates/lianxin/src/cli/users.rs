//! The words of `user`.

use super::Where;
use clap::{Args, Subcommand};

/// `user`
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Make an account, with a post where one is named; prints its password once 新建账号
    #[command(after_help = "Examples 例：\n  \
        lianxin user add admin --name 管理员 --role admin --dir site\n  \
        lianxin user add chen --name 陈明 --role officer --unit 520100-01-gh --dir site")]
    Add(UserAdd),
    /// Make a new password and print it once 重设密码
    #[command(after_help = "Example 例：\n  lianxin user reset chen --dir site\n\n\
        Every device is signed out, and the new password is to be changed at the first sign-in.\n\
        所有设备退出；用新密码第一次登录时要改掉它。")]
    Reset {
        /// Sign-in name 登录名
        login: String,
        /// Which site.
        #[command(flatten)]
        place: Where,
    },
    /// Take somebody's second factor away: their telephone is lost 取消两步登录
    #[command(after_help = "Example 例：\n  lianxin user reset-factor chen --dir site\n\n\
        Codes, passkeys and recovery codes end and every device is signed out. They are told when they sign in\n\
        next; where their post demands a second factor, they have to set one up then. Make sure that it is them\n\
        who asks.\n\
        手机验证码、通行密钥和备用码都失效，所有设备退出；本人下次登录会看到提示，岗位要求的须重新设置。请先核实身份。")]
    ResetFactor {
        /// Sign-in name 登录名
        login: String,
        /// Which site.
        #[command(flatten)]
        place: Where,
    },
    /// List accounts and their posts 列出账号
    #[command(
        after_help = "Examples 例：\n  lianxin user list --dir site\n  lianxin user list 陈 --dir site"
    )]
    List {
        /// Only sign-in names and names that hold this 查找
        search: Option<String>,
        /// Which site.
        #[command(flatten)]
        place: Where,
    },
}

/// `user add`
#[derive(Debug, Args)]
pub struct UserAdd {
    /// Sign-in name 登录名
    pub login: String,
    /// The person's name 姓名
    #[arg(long)]
    pub name: String,
    /// Telephone at work 办公电话
    #[arg(long)]
    pub phone: Option<String>,
    /// E-mail at work 工作邮箱
    #[arg(long)]
    pub email: Option<String>,
    /// clerk, operator, officer, lead, triage, supervisor, moderator, auditor or admin 岗位
    #[arg(long, value_parser = role)]
    pub role: Option<kernel::Role>,
    /// Code or name of the unit; the topmost one where not given 单位
    #[arg(long, requires = "role")]
    pub unit: Option<String>,
    /// What the post is called 职务名称
    #[arg(long, default_value = "", requires = "role")]
    pub title: String,
    /// Which site.
    #[command(flatten)]
    pub place: Where,
}

fn role(text: &str) -> Result<kernel::Role, String> {
    kernel::Role::from_key(text).ok_or_else(|| {
        let known: Vec<_> = kernel::Role::ALL.iter().map(|r| r.key()).collect();
        format!("one of 可用：{}", known.join(", "))
    })
}
