//! What `import` is told.

use super::{What, Where};
use clap::Args;
use kernel::Date;
use std::path::PathBuf;

/// `import`
#[derive(Debug, Args)]
#[command(after_help = "Examples 例：\n  \
    lianxin import units units.xlsx --dir site --dry-run\n  \
    lianxin import accounts people.csv --dir site --map columns.toml\n  \
    lianxin import requests ledger-2025.xlsx --dir site --history\n  \
    lianxin import households roster.xlsx --dir site --unit 柳树村 --marked 2026-10-01 --dry-run\n  \
    lianxin import outlines grids.geojson --dir site --dry-run\n\n\
    Every row is accounted for. The good rows go in together or not at all, and the same file twice\n\
    changes nothing. Refused rows are written, each with its reason, to FILE-refused beside the input:\n\
    correct it and import it. Ends with 1 where any row was refused, also with --dry-run.\n\
    每一行都有交代：没问题的行一次写入（要么全部，要么一行也不写），同一文件导入两次不会重复；\n\
    退回的行连同原因写到旁边的 FILE-refused 文件，改好后可再导入。有退回的行时退出码为 1，--dry-run 也一样。\n\n\
    A roster has one row a person with their relation to the head (grouped by a household number or the head's name,\n\
    also in merged cells), or one row a household. A column 标签 or 类别 names marks of the pack, several with 、 or\n\
    spaces between; 认定日期 and 认定依据 beside it say since when and on what ground.\n\
    花名册一人一行，写明与户主关系（按户编号或户主归户，合并单元格也行），或一户一行。“标签”“类别”一栏填政策包里的标签，\n\
    几个用顿号或空格隔开；旁边可有“认定日期”“认定依据”。\n\n\
    Outlines are areas in degrees (WGS 84 or CGCS2000), each with a property code or name that says whose it is.\n\
    边界是经纬度（WGS 84 或 CGCS2000）的面，属性 code（编码）或 name（名称）写明是哪个单位的。")]
pub struct Import {
    /// What the rows are 内容
    pub what: What,
    /// .xlsx, .xls, .ods or .csv; .geojson for outlines 表格文件；边界用 .geojson
    pub file: PathBuf,
    /// Which site.
    #[command(flatten)]
    pub place: Where,
    /// Which column is which field, where the headings do not say 列对应表
    #[arg(long, value_name = "FILE.toml")]
    pub map: Option<PathBuf>,
    /// Say what would happen, write nothing 只检查，不写入
    #[arg(long)]
    pub dry_run: bool,
    /// Requests without an answer are over and stay history, instead of becoming open cases 没有答复的按历史件归档
    #[arg(long)]
    pub history: bool,
    /// The year of dates that are written without one 日期没写年份时的年份
    #[arg(long, value_name = "YEAR")]
    pub year: Option<i16>,
    /// In which row the headings are, where they are not found rightly: of two rows the lower one 标题在第几行
    #[arg(long, value_name = "ROW", value_parser = clap::value_parser!(u32).range(1..))]
    pub heading_row: Option<u32>,
    /// The village or grid of all households, by name or code, where no column names it 整张表所属的村或网格
    #[arg(long, value_name = "CODE|NAME")]
    pub unit: Option<String>,
    /// Since when marks of households hold where no column says it 标签没写日期时从哪天起
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub marked: Option<Date>,
    /// On what households and their marks rest where no column says it 没写依据时的依据
    #[arg(long, value_name = "TEXT")]
    pub basis: Option<String>,
}
