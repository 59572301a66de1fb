//! The command line: what can be called, and the words of `--help`.

mod import;
mod keys;
mod measure;
mod record;
mod users;
mod vault;

pub use import::Import;
pub use keys::KeyCommand;
pub use measure::{Bench, CalendarArgs};
pub use record::{DeadlineCommand, JournalCommand, LotCommand, LotVerify, ReportCommand, VerifyReceipt};
pub use users::{UserAdd, UserCommand};
pub use vault::{VaultCheck, VaultCommand};

use clap::{Args, Parser, Subcommand, ValueEnum};
use kernel::{Date, Locale};
use std::path::PathBuf;

/// Lianxin 连心: one entry, every ledger. Nothing is closed until it is solved.
#[derive(Debug, Parser)]
#[command(
    name = "lianxin",
    version,
    about = "Lianxin 连心 · take in people's needs, answer by a date, close only what is solved\n\
             群众诉求：一处登记，限时答复，没有办好不销号",
    propagate_version = true,
    arg_required_else_help = true,
    subcommand_required = true,
    after_help = "Examples 例：\n  \
        lianxin demo                                      try it 试用，数据在 ./demo\n  \
        lianxin init --pack county --dir site             make a site 建站\n  \
        lianxin user add admin --name 管理员 --role admin --dir site\n  \
        lianxin import units units.xlsx --dir site        organizations 导入单位\n  \
        lianxin serve --dir site --listen 0.0.0.0:8080    run it 运行\n\n\
        Exit codes 退出码：0 done 完成 · 1 refused or not found 被拒绝或没有找到 · 2 called wrongly 用法不对"
)]
pub struct Cli {
    /// Language of reports: zh or en; that of the terminal where not given 报告的语言
    #[arg(long, global = true, value_name = "LANG", env = "LIANXIN_LANG")]
    pub lang: Option<Lang>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// A language on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// 中文
    Zh,
    /// English
    En,
}

impl Cli {
    /// The language of reports: as asked for, or as the terminal is set, Chinese where it says nothing.
    pub fn locale(&self) -> Locale {
        self.chosen().unwrap_or(Locale::Zh)
    }

    /// The language that was asked for or that the terminal is set to; none where neither says one that is
    /// spoken here, as the plain `C` of scripts and services.
    pub fn chosen(&self) -> Option<Locale> {
        let set = ["LC_ALL", "LC_MESSAGES", "LANG"];
        match self.lang {
            Some(Lang::Zh) => Some(Locale::Zh),
            Some(Lang::En) => Some(Locale::En),
            None => match set.iter().filter_map(|v| std::env::var(v).ok()).find(|v| !v.is_empty()) {
                Some(v) if v.starts_with("en") => Some(Locale::En),
                Some(v) if v.starts_with("zh") => Some(Locale::Zh),
                _ => None,
            },
        }
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start a demonstration with made-up people and requests 试用：自带虚构数据
    Demo(Demo),
    /// Make a new site 新建站点
    Init(Init),
    /// Run a site 运行站点
    Serve(Serve),
    /// Take in spreadsheets 导入表格
    Import(Import),
    /// Write a ledger to a spreadsheet 导出台账
    Export(Export),
    /// Policy packs 政策包
    #[command(subcommand)]
    Pack(PackCommand),
    /// The record that nobody can quietly change 日志
    #[command(subcommand)]
    Journal(JournalCommand),
    /// Check a receipt without the site 核对回执，不用联网
    VerifyReceipt(VerifyReceipt),
    /// Call-backs by lot 抽签回访
    #[command(subcommand)]
    Lot(LotCommand),
    /// Reports that were issued 报告
    #[command(subcommand)]
    Report(ReportCommand),
    /// The dates that were promised 时限
    #[command(subcommand)]
    Deadline(DeadlineCommand),
    /// Count anew what the counters say 重算统计数
    #[command(after_help = "Example 例：\n  lianxin recount --dir site\n\n\
        Reads every request, visit and household and compares; writes nothing. Ends with 1 where a counter, or the list of\n\
        households that may be one, differs.\n\
        逐件、逐户重算并比较（含可能重复的户），不改动数据；有出入时退出码为 1。")]
    Recount(Where),
    /// Copy a site while it runs 备份，可在运行中进行
    Backup(Backup),
    /// Make a site out of a copy 恢复
    Restore(Restore),
    /// The master keys that open who asked 身份保险箱
    #[command(subcommand)]
    Vault(VaultCommand),
    /// Staff accounts 工作人员账号
    #[command(subcommand)]
    User(UserCommand),
    /// Keys for other programs 接口密钥
    #[command(subcommand)]
    Key(KeyCommand),
    /// Measure this program on this machine 性能测试
    Bench(Bench),
    /// Working days, days off and make-up days between two dates 工作日、放假和补班的日子
    Calendar(CalendarArgs),
    /// Every route with who may come to it 每个网址谁可以打开
    #[command(after_help = "Example 例：\n  lianxin routes --lang en > docs/routes.md")]
    Routes,
}

/// Which site.
#[derive(Clone, Debug, Args)]
pub struct Where {
    /// The site's directory 站点目录
    #[arg(long, value_name = "DIR", default_value = ".", env = "LIANXIN_DIR")]
    pub dir: PathBuf,
    /// Where the data is, in place of what DIR/lianxin.toml says 数据库
    #[command(flatten)]
    pub base: Base,
}

/// Which database.
#[derive(Clone, Debug, Default, Args)]
pub struct Base {
    /// postgres://user@host/name, or a file; DIR/lianxin.db where not given 数据库地址
    #[arg(long, value_name = "URL", env = "LIANXIN_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
    /// PostgreSQL schema to live in 数据库模式
    #[arg(long, value_name = "NAME", env = "LIANXIN_SCHEMA")]
    pub schema: Option<String>,
}

/// `demo`
#[derive(Debug, Args)]
#[command(after_help = "Examples 例：\n  \
    lianxin demo\n  \
    lianxin demo --dir trial --requests 500 --listen 127.0.0.1:0\n  \
    lianxin demo --database postgres://lx@localhost/lx --schema demo\n\n\
    The first start makes the data, a later one finds it again. Everybody who can reach the address can\n\
    act in every role, so it listens on this machine only unless told otherwise.\n\
    第一次启动生成数据，以后沿用。能打开网址的人都能扮演任何角色，所以默认只在本机监听。")]
pub struct Demo {
    /// A built-in pack, or a directory 政策包
    #[arg(long, value_name = "NAME|PATH", default_value = "county")]
    pub pack: String,
    /// Where the data stays 数据目录
    #[arg(long, value_name = "DIR", default_value = "demo")]
    pub dir: PathBuf,
    /// Address to listen on; port 0 takes a free one 监听地址
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<String>,
    /// How many requests; as many as the pack says where not given 诉求件数
    #[arg(long, value_name = "N")]
    pub requests: Option<u32>,
    /// How many households; 2000 where not given, or as many as the pack says if those are fewer 户数
    #[arg(long, value_name = "N")]
    pub households: Option<u32>,
    /// The same seed makes the same data on the same day 随机种子
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Make the data and stop 只生成数据，不启动
    #[arg(long)]
    pub prepare: bool,
    /// Which database.
    #[command(flatten)]
    pub base: Base,
}

/// `init`
#[derive(Debug, Args)]
#[command(after_help = "Examples 例：\n  \
    lianxin init --pack county --dir site\n  \
    lianxin init --pack ./our-pack --dir site --database postgres://lx@localhost/lx\n\n\
    Afterwards: the first administrator, then the units.\n\
    接着：建第一个管理员账号，再导入单位。\n  \
    lianxin user add admin --name 管理员 --role admin --dir site\n  \
    lianxin import units units.xlsx --dir site")]
pub struct Init {
    /// A built-in pack, or a directory 政策包
    #[arg(long, value_name = "NAME|PATH")]
    pub pack: String,
    /// Which site.
    #[command(flatten)]
    pub place: Where,
}

/// `serve`
#[derive(Debug, Args)]
#[command(after_help = "Examples 例：\n  \
    lianxin serve --dir site\n  \
    lianxin serve --dir site --listen 127.0.0.1:0     （prints the port it got 会打印实际端口）\n\n\
    Ends on SIGTERM or ctrl-c after the requests under way are answered.\n\
    收到 SIGTERM 或 ctrl-c 后，答完正在处理的请求再退出。")]
pub struct Serve {
    /// Which site.
    #[command(flatten)]
    pub place: Where,
    /// Address to listen on, in place of what lianxin.toml says 监听地址
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<String>,
}

/// What a spreadsheet holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// Organizations, grids, places 单位
    Units,
    /// Staff and their posts 账号和岗位
    Accounts,
    /// Households and who lives in them 户和人口
    Households,
    /// Requests of an older ledger 以往的诉求
    Requests,
    /// Outlines of units for the grid map, in GeoJSON 单位在网格地图上的边界
    Outlines,
}

/// `export`
#[derive(Debug, Args)]
#[command(after_help = "Examples 例：\n  \
    lianxin export ledger --dir site --format xlsx -o ledger.xlsx\n  \
    lianxin export ledger --dir site --view overdue --format csv -o -\n  \
    lianxin export ledger --dir site --unit 529900-water --as-of 2026-06-30 --format csv -o june.csv\n\n\
    Views 视图：all, live, today, overdue, answered, rework, supervised, one of the pack, or the name of a saved one.\n\
    A file holds no names, numbers or addresses of people; each export is noted in the journal.\n\
    文件里没有诉求人的姓名、电话和地址；每次导出都记入日志。")]
pub struct Export {
    /// What 导出内容
    pub what: Exported,
    /// Which site.
    #[command(flatten)]
    pub place: Where,
    /// As it was known at the end of this day 截至这一天所知
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<Date>,
    /// Which cases: a view that everybody has, or a saved one 视图
    #[arg(long, value_name = "NAME", default_value = "all")]
    pub view: String,
    /// Whose ledger, by code; the topmost unit's where not given 单位编码
    #[arg(long, value_name = "CODE")]
    pub unit: Option<String>,
    /// Kind of file 格式
    #[arg(long)]
    pub format: FileFormat,
    /// A file that is not there yet, or - for standard output 输出文件
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
}

/// What can be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Exported {
    /// The ledger of requests 诉求台账
    Ledger,
}

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FileFormat {
    /// Text with commas
    Csv,
    /// Excel
    Xlsx,
}

/// `pack`
#[derive(Debug, Subcommand)]
pub enum PackCommand {
    /// Check a pack and say file, line and what to do 检查政策包
    #[command(after_help = "Examples 例：\n  lianxin pack check county\n  lianxin pack check ./our-pack")]
    Check {
        /// A built-in pack, or a directory 政策包
        path: String,
    },
    /// Go through a past time again under a changed pack or calendar 假设改了规则，过去一段时间会怎样
    #[command(after_help = "Examples 例：\n  lianxin pack what-if ./our-pack --dir site\n  \
        lianxin pack what-if ./our-pack --dir site --from 2026-09-01 --to 2026-09-30\n\n\
        Tells which deadlines, breaches, notices, clocks and demands would have differed, with examples;\n\
        writes nothing. Without --from the last whole month is taken.\n\
        列出哪些时限、超时、告知、计时和要求会不同，附例子；不改动数据。不写 --from 就看上一个整月。")]
    WhatIf(WhatIf),
    /// Name the built-in packs 列出内置政策包
    #[command(after_help = "Example 例：\n  lianxin pack list")]
    List,
}

/// `pack what-if`
#[derive(Debug, Args)]
pub struct WhatIf {
    /// The other pack: a built-in one, or a directory 要试的政策包
    pub pack: String,
    /// The first day 第一天
    #[arg(long, value_name = "DATE", requires = "to")]
    pub from: Option<Date>,
    /// The last day 最后一天
    #[arg(long, value_name = "DATE", requires = "from")]
    pub to: Option<Date>,
    /// Which site.
    #[command(flatten)]
    pub place: Where,
}

/// `backup`
#[derive(Debug, Args)]
#[command(after_help = "Example 例：\n  lianxin backup backup-2026-11-21 --dir site\n\n\
    Copies database, attachments, settings and secret into the new directory TO, with a checksum of each\n\
    file. A PostgreSQL database is copied with pg_dump; the rest is copied here all the same.\n\
    The master key (vault.key) is not copied: whoever finds the copy must not be able to read who asked.\n\
    Keep vault.key apart, once, and again after each rotation.\n\
    把数据库、附件、设置和密钥复制到新目录，并记下每个文件的校验值。主密钥（vault.key）不在其中：\n\
    捡到备份的人读不出诉求人是谁。请另行保存 vault.key，每次轮换后再存一次。")]
pub struct Backup {
    /// A directory that is not there yet 新目录
    pub to: PathBuf,
    /// Which site.
    #[command(flatten)]
    pub place: Where,
}

/// `restore`
#[derive(Debug, Args)]
#[command(after_help = "Example 例：\n  lianxin restore backup-2026-11-21 --dir site\n\n\
    DIR must be empty or not there yet; nothing is written over. Put vault.key back into it afterwards.\n\
    DIR 必须为空或尚不存在，不会覆盖任何文件。恢复后请把 vault.key 放回去。")]
pub struct Restore {
    /// What `backup` made 备份目录
    pub from: PathBuf,
    /// The site's new directory 站点目录
    #[arg(long, value_name = "DIR")]
    pub dir: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    /// Whoever calls a command for the first time sees what it is, in both languages, and one line to begin with.
    #[test]
    fn every_command_says_what_it_is_and_shows_an_example() {
        fn look(of: &clap::Command, name: &str, seen: &mut usize) {
            let about = of.get_about().map(ToString::to_string).unwrap_or_default();
            let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
            assert!(
                about.contains(chinese) && about.contains(|c: char| c.is_ascii_lowercase()),
                "{name}: {about}"
            );
            assert!(!of.is_hide_set(), "{name}");
            if of.get_subcommands().next().is_none() {
                let after = of.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(after.contains("Example") && after.contains(name), "{name}: {after}");
                *seen += 1;
            }
            for argument in of.get_arguments().filter(|a| !a.is_hide_set()) {
                let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
                assert!(help.contains(chinese), "{name} {}: {help}", argument.get_id());
            }
            for sub in of.get_subcommands().filter(|s| s.get_name() != "help") {
                look(sub, &format!("{name} {}", sub.get_name()), seen);
            }
        }
        let mut seen = 0;
        for sub in Cli::command().get_subcommands() {
            look(sub, &format!("lianxin {}", sub.get_name()), &mut seen);
        }
        assert!(seen > 20, "{seen}");
    }
}
