package dynamo

import (
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rightsmail/shared/cases"
)

// action is one write of a transaction.
type action struct {
	what  string // for errors: kind and id
	write types.TransactWriteItem

	// seen is set for a seen-mark: it names the first mail by what is there already.
	seen func(old item) cases.MailID
}

// allOld makes DynamoDB send what is there when a condition fails: who was first, and
// whether it was ourselves.
const allOld = types.ReturnValuesOnConditionCheckFailureAllOld

// put writes a whole item.
func (w *writing) put(what string, i item, c expression.ConditionBuilder, seen func(old item) cases.MailID) error {
	i.set(attrToken, w.token)
	e, err := expression.NewBuilder().WithCondition(c).Build()
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	w.actions = append(w.actions, action{what: what, seen: seen, write: types.TransactWriteItem{Put: &types.Put{
		TableName: &w.table, Item: i, ConditionExpression: e.Condition(),
		ExpressionAttributeNames: e.Names(), ExpressionAttributeValues: e.Values(),
		ReturnValuesOnConditionCheckFailure: allOld,
	}}})
	return nil
}

// update makes an item what i says and leaves its entries alone, which i does not have.
// An index that i is not in forgets it.
func (w *writing) update(what string, i item, c expression.ConditionBuilder) error {
	i.set(attrToken, w.token)
	var u expression.UpdateBuilder
	for _, name := range slices.Sorted(maps.Keys(i)) {
		if name != attrPK && name != attrSK {
			u = u.Set(expression.Name(name), expression.Value(i[name]))
		}
	}
	for _, g := range indexes {
		if i[g.pk()] == nil {
			u = u.Remove(expression.Name(g.pk())).Remove(expression.Name(g.sk()))
		}
	}
	e, err := expression.NewBuilder().WithCondition(c).WithUpdate(u).Build()
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	w.actions = append(w.actions, action{what: what, write: types.TransactWriteItem{Update: &types.Update{
		TableName: &w.table, Key: i.key(), ConditionExpression: e.Condition(), UpdateExpression: e.Update(),
		ExpressionAttributeNames: e.Names(), ExpressionAttributeValues: e.Values(),
		ReturnValuesOnConditionCheckFailure: allOld,
	}}})
	return nil
}
