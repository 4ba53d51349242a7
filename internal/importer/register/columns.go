package register

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/anjian-ledger/anjian/domain/codes"
)

// The targets of columns: the members of subject-registered that a register can state, and what else a column can be.
const (
	toName        = "name"
	toUSCC        = "uscc"
	toReason      = "uscc_reason"
	toKind        = "kind"
	toSectors     = "sectors"
	toRegion      = "region"
	toAddress     = "address"
	toIndustry    = "industry"
	toOwnership   = "ownership"
	toSize        = "size"
	toVenue       = "venue_type"
	toRisks       = "risk_classes"
	toDepartments = "departments"
	toSource      = "source"     // kept in the event as the register writes it, under its header
	toOther       = "other_ids." // a prefix: the scheme follows
	toNothing     = ""           // not read
)

// targets are those that one column at most may have.
var targets = []string{toName, toUSCC, toReason, toKind, toSectors, toRegion, toAddress, toIndustry, toOwnership, toSize, toVenue, toRisks,
	toDepartments}

// headers are the headers that registers have, as [folded] writes them, and what they are. What a register says of persons beyond
// the legal representative, whom the law publishes (企业信息公示暂行条例 art. 6), is not read: an entry cannot be deleted.
var headers = map[string]string{
	"统一社会信用代码": toUSCC, "社会信用代码": toUSCC, "信用代码": toUSCC, "统一信用代码": toUSCC, "统一代码": toUSCC, "uscc": toUSCC,
	"代码说明": toReason, "信用代码说明": toReason,
	"企业名称": toName, "单位名称": toName, "名称": toName, "单位详细名称": toName, "企业": toName, "市场主体名称": toName, "name": toName,
	"类别": toKind, "对象类别": toKind, "检查对象类别": toKind, "kind": toKind,
	"行业": toSectors, "行业领域": toSectors, "所属行业": toSectors, "行业类别": toSectors, "监管行业": toSectors, "sectors": toSectors,
	"县区": toRegion, "所属县区": toRegion, "所在县区": toRegion, "区县": toRegion, "县(区)": toRegion, "县(市、区)": toRegion, "县市区": toRegion,
	"所在地区": toRegion, "行政区划": toRegion, "行政区划代码": toRegion, "region": toRegion,
	"地址": toAddress, "详细地址": toAddress, "住所": toAddress, "注册地址": toAddress, "经营地址": toAddress, "生产经营地址": toAddress,
	"企业地址": toAddress, "单位地址": toAddress, "address": toAddress,
	"行业代码": toIndustry, "国民经济行业代码": toIndustry, "industry": toIndustry,
	"所有制": toOwnership, "经济类型": toOwnership, "ownership": toOwnership,
	"规模": toSize, "企业规模": toSize, "单位规模": toSize, "size": toSize,
	"场所类型": toVenue, "venue_type": toVenue, "风险分类": toRisks, "risk_classes": toRisks,
	"主管部门编号": toDepartments, "departments": toDepartments,
	"法定代表人": toSource, "法定代表人(负责人)": toSource, "法人": toSource, "法人代表": toSource, "成立日期": toSource, "经营范围": toSource, "登记机关": toSource,
	"注册号": toOther + "注册号", "工商注册号": toOther + "注册号", "安全生产许可证号": toOther + "安全生产许可证号", "许可证号": toOther + "许可证号",
	"序号": toNothing, "联系电话": toNothing, "电话": toNothing, "手机": toNothing, "手机号": toNothing, "手机号码": toNothing, "联系人": toNothing,
	"身份证号": toNothing, "负责人": toNothing, "安全管理员": toNothing, "备注": toNothing,
}

// Mapping says what the columns of a register are. Its zero value knows the usual headers only.
type Mapping struct {
	// Columns are targets by header; they go before the usual headers.
	Columns map[string]string `toml:"columns"`
	// Values are codes by what the register writes, by target.
	Values map[string]map[string]string `toml:"values"`
	// Defaults are codes by target, for rows that state none and registers without the column.
	Defaults map[string]string `toml:"defaults"`
}

// ErrMapping is the error of a mapping file.
var ErrMapping = errors.New("the mapping file cannot be used / 映射文件无法使用")

// ReadMapping reads a mapping file (TOML). The error says in which line what is wrong.
func ReadMapping(path string) (m Mapping, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return m, err
	}
	d := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		if strict, ok := errors.AsType[*toml.StrictMissingError](err); ok {
			return m, fmt.Errorf("%w: %s:\n%s", ErrMapping, path, strict.String())
		}
		if where, ok := errors.AsType[*toml.DecodeError](err); ok {
			line, column := where.Position()
			return m, fmt.Errorf("%w: %s:%d:%d: %w", ErrMapping, path, line, column, err)
		}
		return m, fmt.Errorf("%w: %s: %w", ErrMapping, path, err)
	}
	if err := m.check(); err != nil {
		return m, fmt.Errorf("%w: %s: %w", ErrMapping, path, err)
	}
	folds := map[string]string{}
	for _, header := range slices.Sorted(maps.Keys(m.Columns)) {
		folds[folded(header)] = m.Columns[header]
	}
	m.Columns = folds
	return m, nil
}

func (m *Mapping) check() error {
	for header, target := range m.Columns {
		scheme, other := strings.CutPrefix(target, toOther)
		if target != toNothing && target != toSource && !slices.Contains(targets, target) && (!other || scheme == "") {
			return fmt.Errorf("[columns] %q: there is no target %q; the targets are %s, source, other_ids.SCHEME and \"\" / 没有此目标", header, target,
				strings.Join(targets, ", "))
		}
	}
	for target, values := range m.Values {
		table := tableOf(target)
		if table == nil {
			return fmt.Errorf("[values.%s]: this target has no codes / 该目标没有代码表", target)
		}
		folds := map[string]string{}
		for word, code := range values {
			if !known(target, code) {
				return fmt.Errorf("[values.%s] %q: there is no code %q / 没有此代码", target, word, code)
			}
			folds[folded(word)] = code
		}
		m.Values[target] = folds
	}
	for target, code := range m.Defaults {
		switch {
		case tableOf(target) == nil:
			return fmt.Errorf("[defaults] %s: this target has no default / 该目标没有默认值", target)
		case !known(target, code):
			return fmt.Errorf("[defaults] %s: there is no code %q / 没有此代码", target, code)
		}
	}
	return nil
}

// tables are the code tables of targets.
var tables = map[string]string{toKind: "subject-kind", toSectors: "sector", toRegion: "county", toOwnership: "ownership",
	toSize:  "subject-size",
	toVenue: "venue-type", toRisks: "risk-class"}

func tableOf(target string) *codes.Table { return codes.TableOf(tables[target]) }

func known(target, code string) bool {
	if target == toRegion {
		return codes.IsRegion(code)
	}
	return tableOf(target).Allows(code)
}

// column is one column of the file.
type column struct {
	header, target string
}

// layout finds what the columns of a header row are. ok: it is one, because it names the subject.
func (m *Mapping) layout(cells []string) (columns []column, unread []string, ok bool) {
	for _, cell := range cells {
		f := folded(cell)
		target, mapped := m.Columns[f]
		if !mapped {
			target, mapped = headers[f]
		}
		if f != "" && (!mapped || target == toNothing) {
			unread = append(unread, strings.TrimSpace(cell))
		}
		ok = ok || target == toName
		columns = append(columns, column{header: strings.TrimSpace(cell), target: target})
	}
	return columns, unread, ok
}

// twice returns the headers of two columns that are the same member.
func twice(columns []column) (string, bool) {
	first := map[string]string{}
	for _, c := range columns {
		if c.target == toNothing {
			continue
		}
		k := c.target
		if k == toSource {
			k += c.header
		}
		if other, there := first[k]; there {
			return other + ", " + c.header, true
		}
		first[k] = c.header
	}
	return "", false
}
