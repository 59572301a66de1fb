//! The words of `vault`.

use super::Where;
use clap::{Args, Subcommand};

/// `vault`
#[derive(Debug, Subcommand)]
pub enum VaultCommand {
    /// Say whether the master key is the right one and open everything with it 核对主密钥和密文
    #[command(after_help = "Example 例：\n  lianxin vault check --dir site --sample 1000\n\n\
        Opens everything that is sealed, or with --sample so much of it, drawn by chance; prints no key and\n\
        nothing of what it opens. Ends with 1 where the key that the database needs is missing, or where\n\
        something does not open, which is named by kind and id.\n\
        逐项试开全部密文；加 --sample 则随机抽这么多项。不显示密钥，也不显示内容。缺少数据库所需的密钥，\n\
        或有打不开的（列出种类和编号），退出码为 1。")]
    Check(VaultCheck),
    /// Take another master key and retire the old one 轮换主密钥
    #[command(after_help = "Example 例：\n  lianxin vault rotate --dir site\n\n\
        Makes a key, wraps everything anew and forgets the old key; broken off, it goes on when called again.\n\
        A running site goes on meanwhile. Copies of the database from before need the old key: without a copy\n\
        of it nobody can read who asked in them any more.\n\
        With LIANXIN_VAULT_KEY: put the new key in front of the old one (NEW,OLD), call this, then leave OLD out.\n\
        生成新密钥，全部重新包装，再丢弃旧密钥；中断后再次执行会接着做，站点可以照常运行。以前的备份要用\n\
        旧密钥才读得出身份。密钥在环境变量里时：先写新密钥，再写旧密钥，用半角逗号隔开；\n\
        执行本命令，再去掉旧的。")]
    Rotate(Where),
}

/// `vault check`
#[derive(Clone, Debug, Args)]
pub struct VaultCheck {
    /// Open only so many, drawn by chance 只抽查这么多项
    #[arg(long, value_name = "N")]
    pub sample: Option<u64>,
    /// Which site.
    #[command(flatten)]
    pub place: Where,
}
