//! The words of the commands that measure and check.

use clap::Args;
use kernel::Date;
use std::path::PathBuf;

/// `bench`
#[derive(Debug, Args)]
#[command(after_help = "Examples 例：\n  \
    lianxin bench                                     100,000 and 1,000,000 requests\n  \
    lianxin bench --sizes 20000 --registrations 5000  a quick look 快速看一眼\n  \
    lianxin bench --database postgres://lx@localhost/lx\n\n\
    Prints a table in Markdown. Ratios hold on any machine, times are for orientation.\n\
    以 Markdown 表格输出；比值可比，时间仅供参考。")]
pub struct Bench {
    /// Registrations to measure in the process 进程内登记件数
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    pub registrations: usize,
    /// Sizes of the sites whose pages are measured 站点规模
    #[arg(long, value_name = "N,N", value_delimiter = ',', default_values_t = [100_000, 1_000_000])]
    pub sizes: Vec<usize>,
    /// Calls of each page 每页请求次数
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    pub calls: usize,
    /// Households whose visits due are computed in full; 0 leaves that out 应走访测算的户数
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub households: usize,
    /// PostgreSQL for pages and for registrations over HTTP, each site in a schema lianxin_bench_N 数据库地址
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// Keep the sites here, and use those that are there 保留测试站点的目录
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

/// `calendar`
#[derive(Debug, Args)]
#[command(after_help = "Example 例：\n  lianxin calendar --from 2026-09-20 --to 2026-10-11")]
pub struct CalendarArgs {
    /// The first day 第一天
    #[arg(long, value_name = "DATE")]
    pub from: Date,
    /// The last day 最后一天
    #[arg(long, value_name = "DATE")]
    pub to: Date,
}
