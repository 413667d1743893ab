"""Column heads of dealer systems' files, by the field they mean; case, width and blanks do not matter."""

from __future__ import annotations

Heads = dict[str, tuple[str, ...]]


def _heads(table: str) -> Heads:
    """One field a line: its name, then the heads parted by commas."""
    rows = (line.split(":", 1) for line in table.strip().splitlines())
    return {name.strip(): tuple(head.strip() for head in heads.split(",")) for name, heads in rows}


CUSTOMER = _heads(
    """
    code: 客户编号, 客户编码, 客户代码, 客户号, 会员编号, customer no, customer number
    name: 客户名称, 客户姓名, 姓名, 名称, 车主姓名, 联系人, customer name, full name
    kind: 客户性质
    status: 客户状态
    sex: 性别, gender
    birthday: 出生日期, 生日, date of birth, birth date
    id_number: 身份证号, 身份证, 证件号码, 证件号, id card
    mobile: 手机, 手机号, 手机号码, 移动电话, 联系电话, cell phone, cellphone
    phones: 备用电话, 其他电话, 固定电话, 电话, 家庭电话, 办公电话, phone, phone 2
    email: 邮箱, 电子邮箱, 电子邮件, mail
    wechat: 微信, 微信号
    address: 地址, 联系地址, 住址, 通讯地址
    do_not_contact: 免打扰, 拒绝联系
    level: 客户级别, 客户等级, 会员等级, 级别
    source: 来源, 客户来源, 信息来源
    classification: 客户类型, 客户分类
    registered_on: 建档日期, 登记日期, 录入日期, 创建日期, entry date, registration date
    advisor: 销售顾问, 服务顾问, 专属顾问, sales consultant
    preferences: 偏好, 喜好
    occupation: 职业
    employer: 工作单位, 单位
    education: 学历, 教育程度
    interests: 兴趣, 爱好, 兴趣爱好
    industry: 行业, 所属行业
    size: 企业规模, 公司规模
    tax_number: 税号, 纳税人识别号, 统一社会信用代码
    remark: 备注, 说明, notes, comment
    """
)

VEHICLE = _heads(
    """
    vin: 底盘号, 车架号, 车架号码, vin码, vin号, 车辆识别代号, 识别代码, chassis number
    plate: 车牌号, 车牌, 车牌号码, 牌照号, 牌照, license plate, registration number
    brand: 品牌, 厂牌, make
    series: 车系, 系列
    model: 车型, 车型名称, 型号
    color: 颜色, 车身颜色, colour
    customer_id: 客户编号, 客户编码, 客户代码, 客户号, 车主编号, customer code
    purchased_on: 购车日期, 购买日期, 销售日期, purchase date
    warranty_until: 质保到期, 质保到期日, 保修到期, warranty end
    compulsory_until: 交强险到期, 交强险到期日
    commercial_until: 商业险到期, 商业险到期日, 保险到期, insurance end
    mileage_km: 行驶里程, 里程, 里程数, 公里数, odometer
    remark: 备注, 说明, notes, comment
    """
)

REPAIR_ORDER = _heads(
    """
    number: 工单号, 工单编号, 委托书号, 结算单号, ro number, work order
    vehicle_id: 底盘号, 车架号, vin, vin码, 车辆识别代号
    customer_id: 客户编号, 客户代码, 送修人编号, customer code
    arrived_on: 进厂日期, 进厂时间, 来厂日期, 开单日期, arrival date
    settled_on: 结算日期, 结算时间, 交车日期, settlement date
    mileage_km: 进厂里程, 行驶里程, 里程, odometer
    kind: 维修类型, 维修类别, 业务类型, repair type
    amount: 结算金额, 金额, 总金额, 实收金额, total
    advisor: 服务顾问, 接待, 接车员
    remark: 备注, 说明, notes, comment
    """
)
