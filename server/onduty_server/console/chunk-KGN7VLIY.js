import{a as e,c as a}from"./chunk-R7VD77KL.js";import{$ as t,Ba as l,E as s,F as n,Ia as r,Ja as i,Ka as o,La as u,M as c,Na as d,Ra as h,Sa as v,Va as $,c as m,fa as p,h as g,ha as f,j as w,ka as y,oa as b,p as C,pa as I,q as T,qa as k,r as D,ra as N,t as M,ua as x,v as A,wa as S}from"./chunk-HCHKTJTM.js";var Y=2e4;async function V({accountId:e,userId:a,teamId:t,start:l,end:n,signal:r,most:i=Y},o=s){let u=[],c="";do{let s={startTime:T(l),endTime:void 0===n?void 0:T(n)},i=await o.listStatusChanges({accountId:e,userId:a,teamId:t,...s,pageSize:1e3,pageToken:c},{signal:r});for(let e of i.changes)u.push({id:e.userId,name:e.displayName,team:e.teamId,revision:e.revision,from:e.previousStatus,to:e.status,cause:e.cause,actor:e.actor,reason:e.reason,at:C(e.effectiveTime)??0,expireAt:C(e.expireTime),then:e.then});c=i.nextPageToken}while(c&&u.length<i);return{changes:u.sort(E),isCapped:""!==c}}function E(e,a){return a.at-e.at||Number(a.revision-e.revision)}var F=class{constructor(e,a,t){this.wanted=e,this.calls=t,this.changes=[],this.from=e.end??a,this.until=e.end,this.isCut=!1,this.sliceMs=e.userId?Math.max(1,this.from-e.start):6e4}get isComplete(){return this.from<=this.wanted.start}forget(e){this.changes=this.changes.map(a=>function(e,a){let t=e.id===a;return t||e.actor===a?t?{...e,id:"",name:"",actor:"",reason:""}:{...e,actor:""}:e}(a,e))}async more(e,a){let t=this.changes.length;for(;!this.isComplete&&!a(this.changes)&&this.changes.length-t<Y;){let a=Math.max(this.wanted.start,this.from-this.sliceMs),t=this.from-a<=1,l=t?Y:4e3,s=await V({...this.wanted,start:a,end:this.until,signal:e,most:l},this.calls);!s.isCapped||t?(this.isCut||=s.isCapped,this.changes.push(...s.changes),this.from=this.until=a,s.changes.length<400&&(this.sliceMs*=8)):this.sliceMs=Math.max(1,Math.floor((this.from-a)/8))}}},K=["hour","today","yesterday","7","30","days"];function L(e,a,t,l){switch(e){case"hour":return{start:l-36e5,end:void 0};case"today":return{start:j(new Date(l),0),end:void 0};case"yesterday":return{start:j(new Date(l),-1),end:j(new Date(l),0)};case"days":{let[e,l]=[j(R(a),0),j(R(t||a),1)];return e<l?{start:e,end:l}:null}default:return{start:j(new Date(l),1-Number(e)),end:void 0}}}function R(e){let[a,t,l]=e.split("-").map(Number);return new Date(a,t-1,l)}function j(e,a){return new Date(e.getFullYear(),e.getMonth(),e.getDate()+a).getTime()}var P=[["MANUAL",w.MANUAL],["INACTIVITY",w.INACTIVITY],["ACTIVITY",w.ACTIVITY],["EXPIRY",w.EXPIRY],["DISCONNECT",w.DISCONNECT]];function q(){let s=t().history,r=g(""),i=g("today"),o=g(function(e){let a=new Date(e),t=e=>String(e).padStart(2,"0");return`${a.getFullYear()}-${t(a.getMonth()+1)}-${t(a.getDate())}`}(Date.now())),u=g(o.value),d=g(0),w=g(0),C=g(0),T=g(null),N=g(0),A=g(""),Y=g(null),V=e=>!d.value||e.cause===d.value,E=async(e,a)=>{let t=e.changes.filter(V).length+500;Y.value=a,A.value="";try{await e.more(a.signal,e=>e.filter(V).length>=t),T.value=e}catch(e){if(v(e)||c(e))return;A.value=h(e)}Y.value===a&&(Y.value=null)},R=L(i.value,o.value,u.value,Date.now());m(()=>{let e=new AbortController,a=setTimeout(()=>{let a=Date.now(),t=L(i.value,o.value,u.value,a);T.value=null,N.value=a;let l={accountId:n.peek(),userId:H(r.value),teamId:M.value};t&&E(new F({...l,...t},a),e)},r.value?400:0);return()=>{clearTimeout(a),e.abort(),Y.value?.abort()}},[r.value,M.value,i.value,o.value,u.value,d.value,w.value]),m(()=>{let e=e=>{T.peek()?.forget(e),C.value++};return l.add(e),()=>{l.delete(e)}},[]),C.value;let j=T.value,q=j?.changes.filter(V)??[],O=x(r.value.trim()),U=O?[...S.all.values()].filter(e=>e.key.includes(O)).slice(0,20):[],X=!S.all.has(r.value.trim())&&z(r.value).length>1?s.sharedName:r.value?s.wholeName:s.kept;return D`<h1>${s.title}</h1>
<div class="tools">
<${$} all=${t().board.allTeams} isKept />
<label class="labelled"
>${s.person}
<input
type="search"
list="people"
maxlength="128"
placeholder=${s.anybody}
value=${r.value}
onInput=${e=>r.value=e.currentTarget.value}
/>
<datalist id="people">
${U.map(({id:e,name:a})=>D`<option key=${e} value=${e} label=${a?`${y(a)} (${y(e)})`:null}></option>`)}
</datalist>
</label>
<label class="labelled"
>${s.range}
<select onChange=${e=>i.value=e.currentTarget.value}>
${K.map(e=>D`<option value=${e} selected=${e===i.value}>${s.ranges[e]}</option>`)}
</select></label
>
${"days"===i.value&&[[s.firstDay,o],[s.lastDay,u]].map(([e,a])=>D`<label class="labelled" key=${e}
>${e}
<input type="date" value=${a.value} onChange=${e=>a.value=e.currentTarget.value}
/></label>`)}
<label class="labelled"
>${s.cause}
<select onChange=${e=>d.value=Number(e.currentTarget.value)}>
<option value="0">${s.anyCause}</option>
${P.map(([e,a])=>D`<option value=${a}>${t().cause.names[e]}</option>`)}
</select></label
>
<button type="button" onClick=${()=>w.value++}>${s.refresh}</button>
${q.length>0&&D`<button type="button" onClick=${()=>a(`${n.value}.csv`,e(q))}>${s.download}</button>`}
<p class="hint end" role="status">
${j?`${s.shown(q.length)} · ${s.readAt(f(N.value))}`:t().common.loading}
${" "}· ${t().common.zone(p)}
</p>
</div>
${!R&&D`<${b} kind="warn">${s.noDays}<//>`}
${A.value&&D`<${b}
kind="error"
actions=${D`<button type="button" onClick=${()=>w.value++}>${t().common.retry}</button>`}
>${A.value}<//
>`}
${j?.isCut&&D`<${b} kind="warn">${s.cut}<//>`}
${j&&q.length>0&&D`<${J} changes=${q} top=${N.value} />`}
${j&&0===q.length&&D`<${I} title=${s.empty} hint=${X} />`}
${!j&&R&&!A.value&&D`<${k} />`}
${j&&!j.isComplete&&D`<p class="older">
<button type="button" disabled=${null!==Y.value} onClick=${()=>E(j,new AbortController)}>
${Y.value?t().common.loading:s.older}
</button>
<span class="hint">${s.readFrom(f(j.from))}</span>
</p>`}`}function z(e){let a=x(e.trim());return a?[...S.all.values()].filter(({name:e})=>e&&x(e)===a).map(({id:e})=>e):[]}function H(e){let a=e.trim(),t=S.all.has(a)?[]:z(a);return 1===t.length?t[0]:a}function J({changes:e,top:a}){let l=t().history,s=D`<div class="rows-head" role="rowgroup">
<div class="row change" role="row" aria-rowindex="1">
<div class="cell time" role="columnheader">${l.time}</div>
<div class="cell person" role="columnheader">${l.person}</div>
<div class="cell what" role="columnheader">${l.change}</div>
<div class="cell why" role="columnheader">${l.why}</div>
</div>
</div>`;return D`<${o}
count=${e.length}
row=${a=>{let t=e[a];return D`<div
class="row change"
role="row"
key=${String(t.revision)}
aria-rowindex=${a+2}
style=${{transform:`translateY(${a*i.value}px)`}}
>
<div class="cell time" role="gridcell"><${N} ms=${t.at} /></div>
<div class="cell person" role="rowheader">
${t.id?D`<a tabindex="-1" href=${A("person",t.id)}><${u} id=${t.id} name=${t.name} /></a>`:D`<${u} id="" />`}
</div>
<div class="cell what" role="gridcell"><${O} change=${t} /></div>
<div class="cell why" role="gridcell" title=${d(t)}>${d(t)}</div>
</div>`}}
head=${s}
label=${l.title}
top=${a}
/>`}function O({change:e}){let a=t().history;return D`<span class="from-to">
<span class="visually-hidden">${a.from}</span><${r} status=${e.from} />
<span aria-hidden="true" class="arrow">→</span><span class="visually-hidden">${a.to}</span>
<${r} status=${e.to} />
</span>`}export{V as a,q as b,O as c};