//! The names that people give to the columns of their ledgers. The most usual first; `=` before a
//! name: only as the whole heading, because other headings end in it.

/// Fields and the names of their columns.
pub type List = &'static [(&'static str, &'static [&'static str])];

/// Requests: ledgers of hotlines, mailboxes, windows and villages.
///
/// `class` is one column, or `class1` to `class3` are three levels. `place` is where it is about,
/// `village` the village or community, `unit` who handles it, `officer` the person there.
#[rustfmt::skip] // one name a line would be a thousand lines
pub fn request_headings() -> List {
    &[
        ("number", &[
            "留言编号", "受理编号", "诉求编号", "工单编号", "工单号", "受理单号", "信件编号", "来信编号",
            "信访编号", "办件编号", "事项编号", "案件编号", "登记编号", "流水号", "单号", "=编号", "=序号",
            "request number", "case number", "ticket number", "ticket id", "case id", "request id",
            "reference number", "=no", "=number", "=id",
        ]),
        ("asker", &[
            "诉求人姓名", "来电人姓名", "诉求人", "来电人", "反映人", "投诉人", "求助人", "申请人",
            "留言人", "来访人", "来信人", "举报人", "咨询人", "当事人", "留言用户", "=联系人",
            "联系人姓名", "群众姓名", "市民姓名", "户主姓名", "=户主", "=姓名", "=用户", "=网友", "=昵称",
            "requester", "requester name", "caller name", "caller", "applicant", "asker name", "reporter",
            "=name", "=user",
        ]),
        ("phone", &[
            "联系电话", "来电号码", "主叫号码", "手机号码", "手机号", "联系方式", "联系手机", "电话号码",
            "=电话", "=手机", "=号码", "phone number", "telephone", "mobile phone", "mobile", "=tel",
            "=contact", "phone no",
        ]),
        ("id_number", &[
            "身份证号", "身份证号码", "身份证", "居民身份证号码", "公民身份号码", "证件号码", "证件号",
            "identity number", "id card", "id card number", "=id number",
        ]),
        ("address", &[
            "家庭住址", "家庭地址", "联系地址", "居住地址", "户籍地址", "通讯地址", "现住址", "详细住址",
            "=住址", "=地址", "home address", "=address",
        ]),
        ("kind", &[
            "诉求类型", "诉求性质", "诉求类别", "事项类型", "事项性质", "工单类型", "来电类型", "信件类型",
            "留言类型", "来信类型", "=类型", "=性质", "request type", "request kind", "=type", "=kind",
        ]),
        ("title", &[
            "留言主题", "诉求标题", "诉求主题", "工单标题", "信件标题", "来信标题", "事项名称", "诉求事项",
            "反映事项", "办理事项", "事由", "=标题", "=主题", "=事项", "=问题", "=诉求", "subject",
            "=title", "=summary", "=topic",
        ]),
        ("body", &[
            "留言详情", "诉求内容", "诉求详情", "留言内容", "反映内容", "来电内容", "工单内容", "来信内容",
            "信件内容", "投诉内容", "问题描述", "诉求描述", "事项描述", "事项内容", "具体内容", "详细内容",
            "主要内容", "反映问题", "反映的问题", "问题内容", "具体问题", "问题详情", "诉求摘要",
            "内容摘要", "=内容", "=详情", "=描述", "=摘要", "description", "request details", "=content",
            "=details", "=body", "=message", "=text",
        ]),
        ("class", &[
            "问题分类", "诉求分类", "问题类别", "事项分类", "事项类别", "内容分类", "业务类别", "问题类型",
            "归口分类", "服务类别", "服务项目", "=分类", "=类别", "category", "=class", "=service",
            "service name",
        ]),
        ("class1", &[
            "一级分类", "一级类别", "一级标签", "一级类目", "一级事项", "分类一", "大类", "=类别1",
            "class level 1", "category 1",
        ]),
        ("class2", &[
            "二级分类", "二级类别", "二级标签", "二级类目", "二级事项", "分类二", "中类", "=类别2",
            "class level 2", "category 2", "subcategory",
        ]),
        ("class3", &[
            "三级分类", "三级类别", "三级标签", "三级类目", "三级事项", "分类三", "小类", "=类别3",
            "class level 3", "category 3",
        ]),
        ("place", &[
            "诉求地点", "事发地点", "事发地址", "问题地点", "发生地点", "发生地", "事发地", "问题发生地",
            "诉求地址", "事件地点", "所属区域", "所在区域", "区域", "所属网格", "所在网格", "=网格",
            "网格名称", "=地点", "=位置", "location", "=place", "=area", "=grid",
        ]),
        ("village", &[
            "所属村居", "所属村", "所在村", "所属社区", "所在社区", "村社区", "村居", "村名", "社区名称",
            "所属村组", "=村", "=社区", "=村组", "所属乡镇", "所在乡镇", "乡镇街道", "所属街道", "=乡镇",
            "=街道", "village", "community", "township",
        ]),
        ("channel", &[
            "诉求渠道", "诉求来源", "来源渠道", "受理渠道", "受理方式", "来信渠道", "反映渠道", "诉求方式",
            "反映方式", "来源方式", "信息来源", "工单来源", "=来源", "=渠道", "=途径", "=方式", "channel",
            "=source",
        ]),
        ("received_at", &[
            "留言时间", "受理时间", "受理日期", "诉求时间", "来电时间", "来信时间", "来信日期", "来访时间",
            "登记时间", "登记日期", "反映时间", "反映日期", "投诉时间", "接收时间", "接件时间", "收件时间",
            "提交时间", "创建时间", "建单时间", "发起时间", "收到时间", "=时间", "=日期", "received at",
            "received date", "date received", "created at", "submitted at", "requested datetime",
            "=received", "=created", "=date", "=time",
        ]),
        ("answered_at", &[
            "答复时间", "答复日期", "回复时间", "回复日期", "办结时间", "办结日期", "完成时间", "办理时间",
            "反馈时间", "办复时间", "answered at", "answer date", "replied at", "resolved at", "closed at",
            "=answered", "=closed",
        ]),
        ("answer", &[
            "答复意见", "答复内容", "回复内容", "回复意见", "办理结果", "处理结果", "办理情况", "处理情况",
            "办理意见", "处理意见", "办结意见", "反馈内容", "反馈情况", "反馈意见", "解决情况说明",
            "落实情况", "=答复", "=回复", "=结果", "answer text", "reply text", "resolution", "=answer",
            "=reply", "=response",
        ]),
        ("unit", &[
            "承办单位", "办理单位", "处理单位", "责任单位", "主办单位", "承办部门", "办理部门", "责任部门",
            "处理部门", "答复单位", "回复单位", "受理单位", "交办单位", "派单单位", "牵头单位", "=单位",
            "=部门", "handling unit", "department", "responsible unit", "=unit", "=agency",
            "agency responsible",
        ]),
        ("officer", &[
            "承办人", "经办人", "办理人", "责任人", "处理人", "承办干部", "办理人员", "责任干部", "答复人",
            "包保干部", "handler", "=officer", "handling officer", "assignee", "assigned to",
        ]),
        ("state", &[
            "办理状态", "工单状态", "处理状态", "诉求状态", "办理进度", "当前状态", "办理进展", "是否办结",
            "=状态", "=进度", "=status", "=state", "request status", "case status",
        ]),
        ("satisfaction", &[
            "满意度", "满意情况", "是否满意", "满意度评价", "群众满意度", "群众评价", "评价结果",
            "测评结果", "回访满意度", "=评价", "satisfaction", "=rating",
        ]),
        ("solved", &[
            "是否解决", "解决情况", "是否已解决", "问题是否解决", "是否销号", "=解决", "=销号", "=solved",
            "=resolved", "is solved",
        ]),
        ("likes", &[
            "点赞数", "点赞量", "支持数", "赞成数", "点赞", "=赞", "=likes", "=votes", "=upvotes",
        ]),
        ("dislikes", &[
            "反对数", "反对量", "不赞成数", "点踩数", "=反对", "=踩", "=dislikes", "=downvotes",
        ]),
        ("remark", &[
            "备注", "备注说明", "备注信息", "=说明", "remarks", "=remark", "=notes", "=note", "=comment",
            "=comments",
        ]),
    ]
}

/// Units: county, townships, villages, stations, points, groups.
#[rustfmt::skip] // one name a line would be a thousand lines
pub fn unit_headings() -> List {
    &[
        ("code", &[
            "单位编码", "单位代码", "组织编码", "组织代码", "机构编码", "机构代码", "区划代码",
            "行政区划代码", "统一社会信用代码", "=编码", "=代码", "=编号", "unit code", "=code", "=id",
        ]),
        ("name", &[
            "单位名称", "组织名称", "机构名称", "部门名称", "党组织名称", "网格名称", "村社区名称",
            "站点名称", "单位全称", "=名称", "=单位", "=组织", "=部门", "unit name", "=name",
        ]),
        ("short", &[
            "单位简称", "组织简称", "机构简称", "简称", "short name", "abbreviation",
        ]),
        ("parent", &[
            "上级单位", "上级组织", "上级机构", "上级单位名称", "上级党组织", "上级编码", "上级代码",
            "上级单位编码", "隶属单位", "隶属组织", "主管单位", "所属单位", "所属乡镇", "所属村", "=上级",
            "=隶属", "parent unit", "parent code", "=parent", "=superior",
        ]),
        ("level", &[
            "单位层级", "组织层级", "单位级别", "行政级别", "=层级", "=级别", "=等级", "unit level",
            "=level", "=tier",
        ]),
        ("kind", &[
            "单位类型", "组织类型", "机构类型", "单位类别", "组织类别", "单位性质", "=类型", "=类别",
            "=性质", "unit kind", "unit type", "=kind", "=type",
        ]),
        ("address", &[
            "单位地址", "办公地址", "服务地址", "详细地址", "=地址", "=地点", "unit address",
            "office address", "=address",
        ]),
        ("phone", &[
            "联系电话", "办公电话", "值班电话", "服务电话", "单位电话", "电话号码", "=电话",
            "phone number", "telephone", "=phone", "=tel",
        ]),
        ("head", &[
            "负责人", "主要负责人", "单位负责人", "书记姓名", "党组织书记", "=书记", "=站长", "=网格长",
            "person in charge", "=head", "=secretary",
        ]),
        ("villages", &[
            "村数", "行政村数", "下辖村数", "村居数", "社区数", "下辖村社区数", "village count",
            "villages", "number of villages",
        ]),
        ("households", &[
            "户数", "总户数", "农户数", "household count", "households", "number of households",
        ]),
        ("members", &[
            "党员数", "党员人数", "党员总数", "member count", "number of members", "=members",
        ]),
        ("people", &[
            "总人口", "人口数", "常住人口", "=人口", "=人数", "population",
        ]),
        ("duties", &[
            "职责", "主要职责", "职责范围", "服务事项", "业务范围", "duties", "responsibilities",
        ]),
        ("latitude", &[
            "纬度", "latitude", "=lat", "=y",
        ]),
        ("longitude", &[
            "经度", "longitude", "=lng", "=lon", "=x",
        ]),
        ("from", &[
            "成立日期", "成立时间", "启用日期", "设立日期", "生效日期", "valid from", "=from", "=start",
        ]),
        ("to", &[
            "撤销日期", "撤销时间", "停用日期", "终止日期", "valid to", "=to", "=end",
        ]),
        ("remark", &[
            "备注", "备注说明", "=说明", "remarks", "=remark", "=notes", "=note",
        ]),
    ]
}

/// Accounts of staff: who, in which unit, in which post, from when to when.
#[rustfmt::skip] // one name a line would be a thousand lines
pub fn account_headings() -> List {
    &[
        ("name", &[
            "姓名", "人员姓名", "干部姓名", "用户姓名", "真实姓名", "full name", "=name",
        ]),
        ("login", &[
            "登录名", "登录账号", "用户名", "账号", "帐号", "登录帐号", "工号", "user name", "login name",
            "=login", "=account", "=user",
        ]),
        ("unit", &[
            "所在单位", "工作单位", "所属单位", "单位名称", "所在部门", "所属部门", "部门名称", "单位编码",
            "所属机构", "=单位", "=部门", "=机构", "=组织", "unit name", "unit code", "department",
            "=unit",
        ]),
        ("role", &[
            "岗位", "职务", "角色", "岗位名称", "担任职务", "系统角色", "post", "position", "=role",
            "=job title",
        ]),
        ("phone", &[
            "手机号码", "手机号", "联系电话", "联系方式", "电话号码", "=手机", "=电话", "mobile phone",
            "phone number", "telephone", "=mobile", "=phone", "=tel",
        ]),
        ("email", &[
            "电子邮箱", "邮箱", "电子邮件", "邮件地址", "email address", "=email", "=mail",
        ]),
        ("from", &[
            "任职日期", "任职时间", "任职开始日期", "开始日期", "起始日期", "启用日期", "到岗日期",
            "上任日期", "=自", "=起", "valid from", "start date", "=from", "=start",
        ]),
        ("to", &[
            "离任日期", "离任时间", "免职日期", "结束日期", "截止日期", "停用日期", "任职结束日期", "=至",
            "=止", "valid to", "end date", "=to", "=end",
        ]),
        ("remark", &[
            "备注", "备注说明", "=说明", "remarks", "=remark", "=notes", "=note",
        ]),
    ]
}

/// Households and who lives in them: rosters of villages and grids, household books.
///
/// `grid` is the lowest grid, `village` the one it lies in, `code` the household's own number, `relation` what somebody
/// is to the head, `since` since when they live there, `from` since when the household is there. `head` names the head of
/// the household in each row of its people; a list without `name` has one row a household, and means the head. `tags`
/// names marks of the pack, `tags_from` and `tags_basis` since when they hold and on what they rest.
#[rustfmt::skip] // one name a line would be a thousand lines
pub fn household_headings() -> List {
    &[
        ("grid", &[
            "所属网格", "网格名称", "网格编码", "网格编号", "小网格", "微网格", "所在网格", "三级网格", "村民组",
            "村民小组", "所属村民组", "责任片", "=网格", "=小组", "=组", "=组别", "grid name", "grid code", "=grid",
            "=group",
        ]),
        ("village", &[
            "所属村", "村名", "所在村", "行政村", "村居", "村社区", "所属社区", "社区名称", "=村", "=社区", "=村别",
            "=village", "=community",
        ]),
        ("code", &[
            "户编号", "户号", "家庭编号", "户籍编号", "户代码", "住户编号", "household code", "household number",
            "=code",
        ]),
        ("relation", &[
            "与户主关系", "与户主的关系", "户主关系", "家庭关系", "=关系", "=称谓", "relation to head",
            "relationship to head", "=relation", "=relationship",
        ]),
        ("name", &[
            "姓名", "家庭成员姓名", "成员姓名", "人员姓名", "full name", "=name",
        ]),
        ("head", &[
            "户主姓名", "户主名称", "户主名", "户主信息姓名", "户主情况姓名", "户主基本情况姓名", "=户主",
            "head of household", "householder", "=head",
        ]),
        ("id_number", &[
            "身份证号", "身份证号码", "公民身份号码", "居民身份证号码", "证件号码", "身份证", "=证件号",
            "identity number", "id card number", "=id number",
        ]),
        ("phone", &[
            "联系电话", "手机号码", "手机号", "联系方式", "电话号码", "=电话", "=手机", "phone number", "telephone",
            "=mobile", "=phone",
        ]),
        ("address", &[
            "家庭住址", "家庭地址", "居住地址", "现住址", "详细地址", "户籍地址", "门牌号", "门牌", "=住址", "=地址",
            "home address", "=address",
        ]),
        ("latitude", &["纬度", "latitude", "=lat"]),
        ("longitude", &["经度", "longitude", "=lng", "=lon"]),
        ("persons", &[
            "家庭人口", "家庭人口数", "人口数", "户人口", "在册人口", "=人口", "=人数", "number of persons",
            "household size", "=persons",
        ]),
        ("from", &[
            "立户日期", "立户时间", "登记日期", "建档日期", "household since", "=registered",
        ]),
        ("since", &[
            "迁入日期", "迁入时间", "入户日期", "moved in", "=since",
        ]),
        ("tags", &[
            "标签", "标签类别", "=人员类别", "=农户类别", "=家庭类别", "=户类别", "=困难类型", "=困难类别", "=帮扶类别",
            "=特殊人群", "=特殊群体", "=重点人群", "=关爱对象", "=类别", "=类型", "=tags", "=tag", "=marks", "=mark",
            "=category",
        ]),
        ("tags_from", &[
            "=认定日期", "=认定时间", "=认定年月", "=纳入日期", "=纳入时间", "标签日期", "标签认定日期", "类别认定日期",
            "=marked since", "=recognised on",
        ]),
        ("tags_basis", &[
            "=认定依据", "=认定文件", "标签依据", "类别依据", "=basis of marks",
        ]),
        ("remark", &[
            "依据", "信息来源", "=来源", "=basis", "=source",
        ]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Recogniser, normal};
    use std::collections::HashMap;

    #[test]
    fn no_name_belongs_to_two_fields_and_each_finds_its_own() {
        for list in [request_headings(), unit_headings(), account_headings(), household_headings()] {
            let mut owner: HashMap<String, &str> = HashMap::new();
            for (field, names) in list {
                for name in names.iter().chain([field]) {
                    let before = owner.insert(normal(name), field);
                    assert!(before.is_none_or(|b| b == *field), "{name}: {before:?} and {field}");
                }
            }
            let known = Recogniser::new(list);
            for (field, names) in list {
                for name in *names {
                    let found =
                        known.headings(&[(0, name.trim_start_matches('=').to_owned())], None).unwrap();
                    assert!(found.has(field), "{name} is not {field}: {:?}", found.columns[0]);
                }
            }
        }
    }
}
