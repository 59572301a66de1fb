//! The words of `journal`, `verify-receipt`, `lot`, `report` and `deadline`: what tells whether something was touched.

use super::Where;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `journal`
#[derive(Debug, Subcommand)]
pub enum JournalCommand {
    /// Read every event again and say whether any was touched 逐条核对
    #[command(after_help = "Example 例：\n  lianxin journal verify --dir site\n\n\
        Computes every chain, the tree over all events and every signed head again, with the keys in\n\
        DIR/seal.pub and the copies of heads in DIR/seal.heads. Ends with 1 where an event was changed,\n\
        removed, inserted or moved, and names the first.\n\
        重算每条链、全部事件的树和每个签过名的树头；有改动、删除、插入或调换时指出最早的一处，退出码为 1。")]
    Verify(Where),
    /// Seal what is new now, in place of waiting for the next round 立即封存
    #[command(after_help = "Example 例：\n  lianxin journal seal --dir site\n\n\
        A served site does this by itself. Signs nothing where nothing is new.\n\
        运行中的站点会自己做；没有新内容就不签。")]
    Seal(Where),
}

/// `verify-receipt`
#[derive(Debug, Args)]
#[command(after_help = "Examples 例：\n  \
    lianxin verify-receipt receipt-LXA-2026-00001.json\n  \
    lianxin verify-receipt receipt.json --key lx.example/journal+1a2b3c4d+AbC... --heads heads.txt\n\n\
    Needs no site and no network. Ends with 0 where everything holds, 1 where something does not, the\n\
    receipt is not sealed yet, or a file cannot be read.\n\
    不用站点，也不用联网。全部成立退出码为 0；有一项不成立、还没有封存或文件读不了为 1。")]
pub struct VerifyReceipt {
    /// The receipt, or a proof of consistency 回执文件
    pub file: PathBuf,
    /// The public key that you trust, or a file with it 公示的公钥，或存着它的文件
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// Heads that you kept, one after the other 自己留存的树头
    #[arg(long, value_name = "FILE")]
    pub heads: Option<PathBuf>,
}

/// `deadline`
#[derive(Debug, Subcommand)]
pub enum DeadlineCommand {
    /// Count every deadline anew from its certificate 逐张重算时限凭证
    #[command(after_help = "Example 例：\n  lianxin deadline verify --dir site\n\n\
        Ends with 1 where a certificate does not follow from what it says, or a stored date is not the\n\
        certified one. Open cases that would be due at another time under today's rules are listed for\n\
        people to decide; what was promised stays.\n\
        凭证与重算不符、或所存日期与凭证不符时退出码为 1。按现行规则日期会不同的在办件只列出，供人决定；\n\
        已经答应的日期不变。")]
    Verify(Where),
}

/// `lot`
#[derive(Debug, Subcommand)]
pub enum LotCommand {
    /// Draw again, and say whether the result is the same 重新抽一遍，看结果是否一样
    #[command(after_help = "Examples 例：\n  \
        lianxin lot verify draw-2026-11-16.txt --key lx.example/journal+1a2b3c4d+AbC... --heads heads.txt\n  \
        lianxin lot verify --dir site\n\n\
        With a file it needs no site and no network. Without one every draw of the site is computed again and\n\
        compared with its journal, heads and queue. Ends with 1 where something does not hold.\n\
        给出文件就不用站点和网络；不给文件就重算站点里的每一次抽签，并和日志、树头、待回访对照。\n\
        有一项不成立，退出码为 1。")]
    Verify(LotVerify),
}

/// `lot verify`
#[derive(Debug, Args)]
pub struct LotVerify {
    /// The published sheet of a draw; every draw of the site where not given 抽签单
    pub file: Option<PathBuf>,
    /// The public key that you trust, or a file with it 公示的公钥，或存着它的文件
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// Heads that you kept, one after the other 自己留存的树头
    #[arg(long, value_name = "FILE", requires = "file")]
    pub heads: Option<PathBuf>,
    /// Which site.
    #[command(flatten)]
    pub place: Where,
}

/// `report`
#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// Name the reports that were issued 列出出过的报告
    #[command(after_help = "Example 例：\n  lianxin report list --dir site")]
    List(Where),
    /// Compute every report again as of its day, and compare 逐份重算对照
    #[command(after_help = "Example 例：\n  lianxin report verify --dir site\n\n\
        Ends with 1 where a report does not have the hash that was kept, the journal does not tell of it, or\n\
        computing it again gives something else.\n\
        留存的内容、日志里的指纹和重算的结果有一处不一样，退出码为 1。")]
    Verify(Where),
}
