//! The words of `key`.

use super::Where;
use clap::Subcommand;

/// `key`
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Hand out a key and print it once 发放密钥
    #[command(after_help = "Example 例：\n  \
        lianxin key add \"县 12345 平台\" --contact \"李工 0851-00000000\" --dir site\n\n\
        Each request that comes in with the key says the program's name. Two keys of one name are one\n\
        program: to replace a key, hand out another under the same name, then revoke the first.\n\
        用密钥登记的每件诉求都记着程序名称。换密钥时先用同一名称发一把新的，再吊销旧的。")]
    Add {
        /// What the program is called 程序名称
        name: String,
        /// Whom to ask about it: name with number or address 联系人和联系方式
        #[arg(long)]
        contact: String,
        /// Which site.
        #[command(flatten)]
        place: Where,
    },
    /// List keys and when they were last used 列出密钥
    #[command(after_help = "Example 例：\n  lianxin key list --all --dir site")]
    List {
        /// Revoked ones as well 包括已吊销的
        #[arg(long)]
        all: bool,
        /// Which site.
        #[command(flatten)]
        place: Where,
    },
    /// Revoke a key: it opens nothing from then on 吊销密钥
    #[command(after_help = "Example 例：\n  \
        lianxin key revoke \"县 12345 平台\" --dir site\n\n\
        A running site refuses it from the next request on. It cannot come back.\n\
        正在运行的站点立即不再接受它，不能恢复。")]
    Revoke {
        /// The key's id as `key list` prints it, or the name of a program with one key 密钥编号或程序名称
        key: String,
        /// Which site.
        #[command(flatten)]
        place: Where,
    },
}
